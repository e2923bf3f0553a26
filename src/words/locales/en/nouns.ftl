### Atlassian's nouns, once. Atlassian is renaming project to space and rule to flow, site by site, so both stand side by
### side wherever somebody has to find a thing by its name.

-space = { $form ->
        [both] space (project)
        [start] Space
       *[plain] space
    }
-spaces = spaces (projects)
-work-item = { $form ->
        [both] work item (issue)
       *[plain] work item
    }
-flow = { $form ->
        [both] flow (rule)
       *[plain] flow
    }
-flows = flows (rules)
-space-settings = Space settings (Project settings)
-customer-invited = Customer invited
-outgoing-mail = Settings > System > Outgoing mail
-add-customers = Customers > Add customers
-forgot-password = “Forgot your password?”
-customer-access = Settings > Products (Apps) > Jira Service Management > Customer access
-notification-logs = Customer notification logs
-portal-access = “Service Project Customer - Portal Access”
