### The panel on an organization's page.

organisation-some = { $count ->
        [one] One member of this organization got no invitation
       *[other] { $count } members of this organization got no invitation
    }
organisation-some-maybe = { $count ->
        [one] One member of this organization may have got no invitation
       *[other] { $count } members of this organization got no invitation, or may have got none
    }
organisation-nobody = No member of this organization has an open warning in { $space }
organisation-nobody-so-far = No member of this organization that we looked at has an open warning in { $space }
organisation-partly = The organization is large, so not all of it was looked at. The page Invite health lists everybody.
organisation-unread = We couldn’t check the members of this organization
organisation-people = Who
organisation-more = { $count ->
        [one] and one more on the page Invite health
       *[other] and { $count } more on the page Invite health
    }
organisation-adding = What adding people here mails
organisation-adding-new = Somebody who is new to { $site } can only get an invitation while { -customer-invited } is on in { $space }.
organisation-adding-known = Somebody who already has an account on { $site } gets access and no e-mail. Send them the portal link.
organisation-adding-spaces = An organization gives its members access to every { -space(form: "both") } it is added to. Adding it to one more invites nobody.
