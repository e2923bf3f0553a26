//! The worker: loop, pipeline, passes and chores, told by what store and sandbox then hold.
//! Knows no SQL and no HTTP.

mod afterwards;
mod chores;
mod hints;
mod kills;
mod passes;
mod presence;
mod rules;
mod scans;
mod stopping;
mod store_kills;

use crate::harness::World;
use crate::store::engines::Engine;
use crate::store::fault::FaultStore;
use invite_guard::store::Store;
use std::sync::Arc;

/// A world whose store does what the test says.
async fn faulty_world() -> (World, Arc<FaultStore<dyn Store>>) {
    faulty_world_on(Engine::Sqlite).await
}

async fn faulty_world_on(engine: Engine) -> (World, Arc<FaultStore<dyn Store>>) {
    let (tell, told) = std::sync::mpsc::channel();
    let wrap = Box::new(move |store: Arc<dyn Store>| {
        let faults = Arc::new(FaultStore::new(store));
        tell.send(Arc::clone(&faults)).expect("the test waits for it");
        faults as Arc<dyn Store>
    });
    let world = World::start_wrapped(engine, wrap).await;
    (world, told.recv().expect("the store was wrapped"))
}
