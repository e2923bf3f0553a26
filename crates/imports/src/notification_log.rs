//! *Customer notification logs*: which addresses the log says are blocked.
//! Does not keep an address: readings carry what the caller makes of it.
