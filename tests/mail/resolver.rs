//! A small resolver on loopback that says about each name what a test wants, and remembers what it was asked.
//! Knows nothing of our code; the wire is hickory's.

use hickory_resolver::proto::op::{Message, MessageType, OpCode, ResponseCode};
use hickory_resolver::proto::rr::rdata::{A, CNAME, MX, SOA};
use hickory_resolver::proto::rr::{Name, RData, Record, RecordType};
use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, UdpSocket};

/// What is said about a name. A name that nobody has told about does not exist.
#[derive(Clone, Debug)]
pub(crate) enum Says {
    /// These mail exchangers.
    Mx(&'static [(u16, &'static str)]),
    /// The same, but only by TCP: the UDP answer is cut off.
    MxByTcp(&'static [(u16, &'static str)]),
    /// No mail exchanger, but an address.
    Address,
    /// There is such a name with nothing we ask for, and its zone says so.
    Nothing,
    /// The same without the zone's word.
    NothingUnsigned,
    /// No such domain.
    NoSuchDomain,
    /// An alias of itself.
    Loop,
    /// An alias of this name.
    Alias(&'static str),
    /// This code.
    Code(ResponseCode),
    /// Bytes that are no answer.
    Garbage,
    /// No answer.
    Silence,
}

/// See the module.
#[derive(Clone)]
pub(crate) struct Resolver {
    pub(crate) address: SocketAddr,
    zone: Arc<Mutex<BTreeMap<String, Says>>>,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Resolver {
    /// Listens on loopback, by UDP and TCP.
    pub(crate) async fn start() -> Self {
        let (udp, tcp) = loop {
            let udp = UdpSocket::bind(("127.0.0.1", 0)).await.expect("a free port");
            // The same port may be taken on the other side; then another one is free.
            if let Ok(tcp) = TcpListener::bind(udp.local_addr().expect("bound")).await {
                break (udp, tcp);
            }
        };
        let address = udp.local_addr().expect("bound");
        let this = Self { address, zone: Arc::default(), asked: Arc::default() };
        tokio::spawn(this.clone().by_udp(udp));
        tokio::spawn(this.clone().by_tcp(tcp));
        this
    }

    /// From now on this is said about the name.
    pub(crate) fn says(&self, name: &str, says: Says) {
        self.zone.lock().expect("not poisoned").insert(name.to_owned(), says);
    }

    /// Every question so far, as `name. TYPE`.
    pub(crate) fn asked(&self) -> Vec<String> {
        self.asked.lock().expect("not poisoned").clone()
    }

    async fn by_udp(self, socket: UdpSocket) {
        let mut bytes = [0; 4096];
        while let Ok((length, from)) = socket.recv_from(&mut bytes).await {
            if let Some(answer) = self.answer(&bytes[..length], false) {
                let _ = socket.send_to(&answer, from).await;
            }
        }
    }

    async fn by_tcp(self, listener: TcpListener) {
        while let Ok((mut stream, _)) = listener.accept().await {
            let this = self.clone();
            tokio::spawn(async move {
                while let Ok(length) = stream.read_u16().await {
                    let mut bytes = vec![0; usize::from(length)];
                    if stream.read_exact(&mut bytes).await.is_err() {
                        return;
                    }
                    let Some(answer) = this.answer(&bytes, true) else { return std::future::pending().await };
                    let length = u16::try_from(answer.len()).expect("small answers");
                    let _ = stream.write_all(&[&length.to_be_bytes()[..], &answer].concat()).await;
                }
            });
        }
    }

    fn answer(&self, bytes: &[u8], by_tcp: bool) -> Option<Vec<u8>> {
        let asked = Message::from_vec(bytes).ok()?;
        let query = asked.queries.first()?.clone();
        self.asked.lock().expect("not poisoned").push(format!("{} {}", query.name(), query.query_type()));
        let name = query.name().clone();
        let plain = name.to_ascii().trim_end_matches('.').to_ascii_lowercase();
        let says = self.zone.lock().expect("not poisoned").get(&plain).cloned().unwrap_or(Says::NoSuchDomain);
        let mut answer = Message::new(asked.metadata.id, MessageType::Response, OpCode::Query);
        answer.metadata.recursion_desired = true;
        answer.metadata.recursion_available = true;
        answer.add_query(query.clone());
        let wants = |of: RecordType| query.query_type() == of;
        let record = |data: RData| Record::from_rdata(name.clone(), 300, data);
        let read = |text: &str| Name::from_ascii(text).expect("a name");
        let exchangers = |list: &[(u16, &str)]| -> Vec<Record> {
            list.iter().map(|(preference, host)| record(RData::MX(MX::new(*preference, read(host))))).collect()
        };
        let mut signed = false;
        match says {
            Says::Mx(list) if wants(RecordType::MX) => drop(answer.add_answers(exchangers(list))),
            Says::MxByTcp(list) if wants(RecordType::MX) && by_tcp => drop(answer.add_answers(exchangers(list))),
            Says::MxByTcp(_) if wants(RecordType::MX) => answer.metadata.truncation = true,
            Says::Address if wants(RecordType::A) => {
                answer.add_answer(record(RData::A(A(Ipv4Addr::new(198, 51, 100, 7)))));
            }
            Says::Mx(_) | Says::MxByTcp(_) | Says::Address | Says::Nothing => signed = true,
            Says::NothingUnsigned => {}
            Says::NoSuchDomain => {
                answer.metadata.response_code = ResponseCode::NXDomain;
                signed = true;
            }
            Says::Loop => drop(answer.add_answer(record(RData::CNAME(CNAME(name.clone()))))),
            Says::Alias(to) => drop(answer.add_answer(record(RData::CNAME(CNAME(read(to)))))),
            Says::Code(code) => answer.metadata.response_code = code,
            Says::Garbage => return Some(b"not an answer".to_vec()),
            Says::Silence => return None,
        }
        if signed {
            let soa = SOA::new(read("ns.acme.com."), read("root.acme.com."), 1, 60, 60, 60, 60);
            answer.add_authority(record(RData::SOA(soa)));
        }
        answer.to_vec().ok()
    }
}
