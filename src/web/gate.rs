//! Who is asking and what they may: argument types of handlers, made by their extractors alone.
//! Knows no door: a scope's [`Door`] says who somebody is, [`super::rights`] asks Jira what they may.

use super::State;
use super::head::Head;
use super::problem::Problem;
use crate::domain::principal::{Permission, Principal};
use crate::domain::tenant::{Tenant, UserToken};
use crate::domain::{AccountId, ProjectId};
use crate::jira::ProjectRef;
use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use futures::future::LocalBoxFuture;
use std::marker::PhantomData;
use std::sync::Arc;

/// A person in front of a page, and their site.
#[derive(Clone, Debug)]
pub(super) struct Visitor {
    tenant: Arc<Tenant>,
    principal: Principal,
}

impl Visitor {
    /// Somebody whom a door has proved, with their own token where it brings one.
    pub(super) fn new(tenant: Arc<Tenant>, account: AccountId, token: Option<UserToken>) -> Self {
        let principal = Principal { tenant: tenant.id, account, token };
        Self { tenant, principal }
    }

    pub(super) fn principal(&self) -> &Principal {
        &self.principal
    }

    pub(super) fn tenant(&self) -> &Tenant {
        &self.tenant
    }

    pub(super) fn account(&self) -> &AccountId {
        &self.principal.account
    }
}

/// A door's answer to "who is asking".
#[async_trait::async_trait]
pub(super) trait Gate: Send + Sync {
    /// The person, proved by the request's token.
    async fn who(&self, state: &State, head: &Head) -> Result<Visitor, Problem>;
}

/// The gate of a scope, as its app data. A scope without one refuses.
#[derive(Clone)]
pub(super) struct Door(pub(super) Arc<dyn Gate>);

/// A right is a type, so that a route's signature says who may.
pub(super) trait Right: 'static {
    /// What is asked of Jira.
    const PERMISSION: Permission;
    /// Asked anew each time, instead of remembered for a minute.
    const FRESH: bool;
}

/// Agent of the project.
#[derive(Debug)]
pub(super) enum Agent {}
/// *Administer projects* in the project.
#[derive(Debug)]
pub(super) enum AdministerProjects {}
/// *Administer Jira* on the site.
#[derive(Debug)]
pub(super) enum AdministerJira {}

impl Right for Agent {
    const PERMISSION: Permission = Permission::Agent;
    const FRESH: bool = false;
}
impl Right for AdministerProjects {
    const PERMISSION: Permission = Permission::AdministerProjects;
    const FRESH: bool = true;
}
impl Right for AdministerJira {
    const PERMISSION: Permission = Permission::AdministerJira;
    const FRESH: bool = true;
}

/// Somebody with the right `R` in the service project that the path's `{p}` names.
#[derive(Debug)]
pub(super) struct In<R> {
    visitor: Visitor,
    project: ProjectRef,
    right: PhantomData<R>,
}

impl<R> In<R> {
    pub(super) fn visitor(&self) -> &Visitor {
        &self.visitor
    }

    pub(super) fn tenant(&self) -> &Tenant {
        self.visitor.tenant()
    }

    pub(super) fn project(&self) -> &ProjectRef {
        &self.project
    }
}

/// Somebody with the right `R` on their site.
#[derive(Debug)]
pub(super) struct OnSite<R> {
    visitor: Visitor,
    right: PhantomData<R>,
}

impl<R> OnSite<R> {
    pub(super) fn visitor(&self) -> &Visitor {
        &self.visitor
    }

    pub(super) fn tenant(&self) -> &Tenant {
        self.visitor.tenant()
    }
}

async fn who(request: &HttpRequest) -> Result<(State, Visitor), Problem> {
    let door = request.app_data::<Door>().cloned().ok_or(Problem::unauthorised("no gate"))?;
    let state = State::extract(request).await?;
    let visitor = door.0.who(&state, &Head::of(request)).await?;
    Ok((state, visitor))
}

impl<R: Right> FromRequest for In<R> {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move {
            let (state, visitor) = who(&request).await?;
            // Jira's ids are digits; only the proved learn that this is none.
            let told = request.match_info().get("p").filter(|p| p.bytes().all(|byte| byte.is_ascii_digit()));
            let project = told.and_then(|p| p.parse().ok()).map(ProjectId).ok_or(Problem::not_found())?;
            let (sharing, asker) = (state.clone(), visitor.clone());
            let asked = async move { sharing.rights().in_project(&asker, R::PERMISSION, R::FRESH, project).await };
            let project = state.run(asked).await?;
            Ok(Self { visitor, project, right: PhantomData })
        })
    }
}

impl<R: Right> FromRequest for OnSite<R> {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move {
            let (state, visitor) = who(&request).await?;
            let (sharing, asker) = (state.clone(), visitor.clone());
            state.run(async move { sharing.rights().on_site(&asker, R::PERMISSION).await }).await?;
            Ok(Self { visitor, right: PhantomData })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::http::StatusCode;
    use actix_web::{App, HttpResponse, test, web};

    #[actix_web::test]
    async fn a_scope_without_a_gate_refuses() {
        async fn project(_: In<Agent>) -> HttpResponse {
            HttpResponse::Ok().finish()
        }
        async fn site(_: OnSite<AdministerJira>) -> HttpResponse {
            HttpResponse::Ok().finish()
        }
        let app = App::new().route("/projects/{p}", web::get().to(project)).route("/site", web::get().to(site));
        let app = test::init_service(app).await;
        for path in ["/projects/10000", "/site"] {
            let request = test::TestRequest::get().uri(path).insert_header(("Authorization", "JWT a.b.c")).to_request();
            assert_eq!(test::call_service(&app, request).await.status(), StatusCode::UNAUTHORIZED, "{path}");
        }
    }
}
