//! The JSON API from outside: who may, what it answers, what it refuses.
//! Knows no internals; cases are put into the store as the worker would.

mod checks;
mod given;
mod importing;
mod organisations;
mod people;
mod refusing;
mod rights;
mod rules;
mod selftest;
mod shapes;
mod stating;
mod trail;
