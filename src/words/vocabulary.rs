//! The words of the diagnosis' closed lists: each word has one message, named after its list and its stable name.
//! Does not know where on a page a word stands.

use super::Words;
use diagnosis::{Confidence, ExpectedMail, FactKey, Gap, Overall, Route, Source, Who};

/// A word of a closed list.
pub trait Word: Copy {
    /// Its message id.
    fn id(self) -> String;
}

macro_rules! word {
    ($($list:literal $ty:ty),+ $(,)?) => { $(
        impl Word for $ty {
            fn id(self) -> String { format!("{}-{}", $list, self.name()) }
        }
    )+ };
}

word! {
    "overall" Overall,
    "confidence" Confidence,
    "gap" Gap,
    "source" Source,
    "who" Who,
    "route" Route,
    "fact" FactKey,
    "mail" ExpectedMail,
}

/// The mail to look for, in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RenderedMail {
    /// Which mail.
    pub text: String,
    /// From whom; none where no mail or an unknown one is expected.
    pub sender: Option<String>,
    /// What its subject says.
    pub subject: Option<String>,
}

impl Words {
    /// A word of a closed list.
    pub fn word(&self, word: impl Word) -> String {
        self.text(&word.id(), &[])
    }

    /// The overall word as a sentence.
    pub fn overall_sentence(&self, overall: Overall) -> String {
        self.text(&format!("{}-sentence", overall.id()), &[])
    }

    /// The mail to look for.
    pub fn expected_mail(&self, mail: ExpectedMail) -> RenderedMail {
        let about = |part: &str| self.optional(&format!("{}-{part}", mail.id()), &super::Args::new());
        RenderedMail { text: self.word(mail), sender: about("sender"), subject: about("subject") }
    }
}
