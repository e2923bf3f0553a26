//! Which addresses are public, and the resolver that hands out no other.
//! Does not know which hosts an operator named; those never come here.

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

/// A name that resolves to no public address.
#[derive(Debug, thiserror::Error)]
#[error("no public address")]
pub(super) struct PrivateAddress;

/// Resolves by the system and drops every address that is not public, so that a name cannot be turned inwards between a
/// check and the connection.
#[derive(Debug)]
pub(super) struct Guard;

impl Resolve for Guard {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let found: Vec<SocketAddr> = tokio::net::lookup_host((name.as_str(), 0)).await?.collect();
            let some = !found.is_empty();
            let public: Vec<SocketAddr> = found.into_iter().filter(|address| is_public(address.ip())).collect();
            if some && public.is_empty() {
                return Err(PrivateAddress.into());
            }
            Ok(Box::new(public.into_iter()) as Addrs)
        })
    }
}

/// Whether the address is one of the open internet. Everything that is reserved for something else is not.
pub(super) fn is_public(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => is_public_v4(ip),
        IpAddr::V6(ip) => is_public_v6(ip),
    }
}

fn is_public_v4(ip: Ipv4Addr) -> bool {
    let [a, b, c, _] = ip.octets();
    let reserved = matches!(
        (a, b, c),
        (0 | 10 | 127 | 224..=255, ..)          // this network, private, loopback, multicast, reserved, broadcast
            | (100, 64..=127, _)                // shared by carriers
            | (169, 254, _)                     // link-local: cloud metadata
            | (172, 16..=31, _)
            | (192, 168, _)
            | (192, 0, 0 | 2)                   // protocol assignments, documentation
            | (192, 88, 99)                     // 6to4 relays
            | (198, 18 | 19, _)                 // benchmarks
            | (198, 51, 100)
            | (203, 0, 113)
    );
    !reserved
}

fn is_public_v6(ip: Ipv6Addr) -> bool {
    let s = ip.segments();
    let embedded = |high: u16, low: u16| {
        let [a, b] = high.to_be_bytes();
        let [c, d] = low.to_be_bytes();
        Ipv4Addr::new(a, b, c, d)
    };
    match s {
        [0, 0, 0, 0, 0, 0xffff, high, low] => is_public_v4(embedded(high, low)),
        [0x64, 0xff9b, 0, 0, 0, 0, high, low] => is_public_v4(embedded(high, low)), // NAT64
        [0x2002, ..] | [0x2001, 0..=0x1ff, ..] | [0x2001, 0xdb8, ..] | [0x3fff, 0..=0xfff, ..] => false, // 6to4, special, documentation
        [first, ..] => (0x2000..=0x3fff).contains(&first), // global unicast
    }
}

#[cfg(test)]
mod tests {
    use super::is_public;

    #[test]
    fn what_is_private_reserved_or_local_is_refused() {
        for private in [
            "127.0.0.1",
            "127.8.9.1",
            "10.0.0.1",
            "172.16.0.1",
            "172.31.255.255",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "0.0.0.0",
            "255.255.255.255",
            "224.0.0.1",
            "240.0.0.1",
            "192.0.2.1",
            "198.18.0.1",
            "::1",
            "::",
            "fe80::1",
            "fd00:ec2::254",
            "fc00::1",
            "ff02::1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "64:ff9b::7f00:1",
            "2002:7f00:1::",
            "2001:db8::1",
            "2001::1",
            "::127.0.0.1",
        ] {
            assert!(!is_public(private.parse().expect("an address")), "{private} must be refused");
        }
        for public in [
            "1.1.1.1",
            "172.32.0.1",
            "100.128.0.1",
            "185.166.140.1",
            "2606:4700::1111",
            "2a05:d018::1",
            "::ffff:1.1.1.1",
        ] {
            assert!(is_public(public.parse().expect("an address")), "{public} is on the open internet");
        }
    }
}
