//! Requests, comments and properties. See the parent module.

use serde_json::Value;

use crate::comments::{CommentView, VISIBILITY, document};
use crate::requests::{Channel, NewItem};
use crate::site::Sandbox;

impl Sandbox {
    /// A customer raises a request on the portal; gives its key.
    pub fn raise_request(&self, project: &str, reporter: &str) -> String {
        self.raise(project, NewItem::request(reporter, reporter, Channel::Portal, "I need help"))
    }

    /// Somebody raises a request on a customer's behalf; gives its key.
    pub fn raise_request_on_behalf(&self, project: &str, reporter: &str, by: &str) -> String {
        self.raise(project, NewItem::request(reporter, by, Channel::Jira, "Raised on behalf"))
    }

    /// Makes a work item that no customer sees, reported by the agent; gives its key.
    pub fn add_work_item(&self, project: &str) -> String {
        let agent = self.agent();
        self.raise(project, NewItem::internal(&agent, Channel::Jira, "Internal work"))
    }

    fn raise(&self, project: &str, new: NewItem) -> String {
        let key = {
            let mut state = self.site.lock();
            let id = state.project_id(project);
            state.raise(id, new)
        };
        self.site.touch();
        key
    }

    /// Adds a participant to a request.
    pub fn add_participant(&self, item: &str, account: &str) {
        {
            let mut state = self.site.lock();
            let id = state.item_id(item);
            state.add_participant(id, account);
        }
        self.site.touch();
    }

    /// Resolves a work item.
    pub fn resolve(&self, item: &str) {
        self.end(item, false);
    }

    /// Closes a work item so that nobody can edit it or comment on it any more.
    pub fn lock(&self, item: &str) {
        self.end(item, true);
    }

    fn end(&self, item: &str, lock: bool) {
        {
            let mut state = self.site.lock();
            let (id, agent) = (state.item_id(item), state.house_agent.clone());
            state.resolve(id, &agent, lock);
        }
        self.site.touch();
    }

    /// Deletes a work item.
    pub fn delete_item(&self, item: &str) {
        {
            let mut state = self.site.lock();
            let (id, agent) = (state.item_id(item), state.house_agent.clone());
            state.queue_issue_event("jira:issue_deleted", id, &agent);
            state.items.remove(&id);
        }
        self.site.touch();
    }

    /// Numeric id of a work item.
    pub fn item_id(&self, item: &str) -> u64 {
        self.site.lock().item_id(item)
    }

    /// Somebody comments; internal only where they may. Gives the comment's id.
    pub fn add_comment(&self, item: &str, author: &str, text: &str, internal: bool) -> String {
        let comment = {
            let mut state = self.site.lock();
            let id = state.item_id(item);
            let properties = internal.then(|| (VISIBILITY.to_owned(), serde_json::json!({"internal": true})));
            state.comment(id, author, document(text), properties.into_iter().collect())
        };
        self.site.touch();
        comment.to_string()
    }

    /// Deletes a comment, as an admin in the browser would.
    pub fn delete_comment(&self, item: &str, comment: &str) {
        {
            let mut state = self.site.lock();
            let id = state.item_id(item);
            if let Ok(comment) = comment.parse() {
                state.queue_comment_event("comment_deleted", id, comment);
            }
            state.item_mut(id).comments.retain(|known| known.id.to_string() != comment);
        }
        self.site.touch();
    }

    /// Comments of a work item, oldest first.
    pub fn comments(&self, item: &str) -> Vec<CommentView> {
        let state = self.site.lock();
        let id = state.item_id(item);
        state.items[&id].comments.iter().map(crate::comments::Comment::view).collect()
    }

    /// Comments that the installed app wrote, over all work items: key and comment.
    pub fn comments_by_app(&self) -> Vec<(String, CommentView)> {
        let state = self.site.lock();
        let apps = state.app_accounts();
        let items = state.items.values();
        let all = items.flat_map(|item| item.comments.iter().map(|comment| (item.key.clone(), comment.view())));
        all.filter(|(_, comment)| apps.contains(&comment.author)).collect()
    }

    /// A property of a work item.
    pub fn item_property(&self, item: &str, key: &str) -> Option<Value> {
        let state = self.site.lock();
        let id = state.item_id(item);
        state.items[&id].properties.get(key).cloned()
    }

    /// Sets a property of a work item behind the app's back; `None` deletes it. No event.
    pub fn set_item_property(&self, item: &str, key: &str, value: Option<Value>) {
        let mut state = self.site.lock();
        let id = state.item_id(item);
        let properties = &mut state.item_mut(id).properties;
        match value {
            Some(value) => properties.insert(key.to_owned(), value),
            None => properties.remove(key),
        };
    }

    /// A property of a project.
    pub fn project_property(&self, project: &str, key: &str) -> Option<Value> {
        let state = self.site.lock();
        let id = state.project_id(project);
        state.project_properties.get(&(id, key.to_owned())).cloned()
    }

    /// Sets a property of a project behind the app's back; `None` deletes it.
    pub fn set_project_property(&self, project: &str, key: &str, value: Option<Value>) {
        let mut state = self.site.lock();
        let id = state.project_id(project);
        match value {
            Some(value) => state.project_properties.insert((id, key.to_owned()), value),
            None => state.project_properties.remove(&(id, key.to_owned())),
        };
    }
}
