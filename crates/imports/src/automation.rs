//! Exported automation rules: which of them add customers without mailing them afterwards.
//! Does not know whether a rule ever ran.
