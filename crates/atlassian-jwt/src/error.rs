//! Why a token, a key or a request target was refused.
//! Does not know what was refused: no variant carries a token, a secret, a claim or a part of a URL.

/// Why something was refused. Meant for the receiver's own log; a caller on the wire should see one kind of 401.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Neither header, query nor form holds a token.
    #[error("Request carries no token")]
    NoToken,
    /// Query and form both hold one, or the query holds several: it cannot be told which one counts.
    #[error("Request carries more than one token")]
    AmbiguousToken,
    /// Not three segments of base64url over JSON objects, or a claim of the wrong type.
    #[error("Token is malformed")]
    Malformed,
    /// The header names another algorithm than the one the caller wants.
    #[error("Token is not signed with the algorithm wanted here")]
    WrongAlgorithm,
    /// The key does not fit: an empty secret, or not the PEM of an RSA public key.
    #[error("Key cannot be used to verify")]
    UnusableKey,
    /// The secret has fewer than 32 bytes, too few to sign with HS256.
    #[error("Secret is too short to sign with")]
    WeakSecret,
    /// The signer refused.
    #[error("Token could not be signed")]
    NotSigned,
    /// The signature is not this key's signature over this token.
    #[error("Signature does not match")]
    Signature,
    /// A claim that is needed here is not in the token.
    #[error("Token lacks the claim {0}")]
    MissingClaim(&'static str),
    /// `exp` has passed. The text is the one that people know from Connect apps.
    #[error("Authentication request has expired. Try reloading the page.")]
    Expired,
    /// `nbf` has not come yet.
    #[error("Token is not valid yet")]
    NotYetValid,
    /// `iat` lies further ahead than clocks may differ.
    #[error("Token was issued in the future")]
    IssuedInFuture,
    /// The time between `iat` and `exp` is longer than this kind of token may live.
    #[error("Token lives longer than allowed here")]
    LivesTooLong,
    /// `iss` is not who was expected.
    #[error("Token is of another issuer")]
    WrongIssuer,
    /// The first `aud` is not the audience expected.
    #[error("Token is for another audience")]
    WrongAudience,
    /// `qsh` belongs to another request.
    #[error("Query string hash does not match the request")]
    QshMismatch,
    /// A context token where a token for this very request is wanted.
    #[error("Context token is not accepted here")]
    ContextQshRefused,
    /// Any other token where a context token is wanted.
    #[error("Only a context token is accepted here")]
    ContextQshWanted,
    /// The request target is neither origin-form nor absolute-form.
    #[error("Request target cannot be hashed")]
    Target,
    /// The method is empty or holds something else than letters.
    #[error("Request method cannot be hashed")]
    Method,
}
