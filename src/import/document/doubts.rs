//! What a parse has to say beside its result: why a text is refused, and what
//! a reader should look at in a text that was taken.
use std::fmt;

use serde::{Serialize, Serializer};

/// Why a text was refused (Swedish: avvisad handling). Nothing of it is used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Refusal {
    /// The 1-based line at fault, when one line is at fault.
    pub line: Option<usize>,
    /// What is wrong, for machines.
    pub code: RefusalCode,
    /// What is wrong, in plain English.
    pub detail: String,
}

impl Refusal {
    pub(super) fn new(line: Option<usize>, code: RefusalCode, detail: impl Into<String>) -> Self {
        let detail = detail.into();
        Self { line, code, detail }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(f, "line {line}: {}", self.detail),
            None => f.write_str(&self.detail),
        }
    }
}

impl std::error::Error for Refusal {}

/// Something a reader should look at (Swedish: oklarhet). The text was taken all the same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Doubt {
    /// The 1-based line it is about.
    pub line: usize,
    /// What kind of doubt, for machines.
    pub code: DoubtCode,
    /// What was seen and what was done, in plain English.
    pub detail: String,
}

impl Doubt {
    pub(super) fn new(line: usize, code: DoubtCode, detail: impl Into<String>) -> Self {
        let detail = detail.into();
        Self { line, code, detail }
    }
}

/// Declares a list of codes once: its variants, their docs and their stable spelling.
macro_rules! codes {
    ($(#[$about:meta])* $name:ident { $($(#[$doc:meta])* $variant:ident = $text:literal,)+ }) => {
        $(#[$about])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum $name { $($(#[$doc])* $variant,)+ }

        impl $name {
            /// Every code there is, in the order of the documentation.
            pub const ALL: &[Self] = &[$(Self::$variant,)+];

            /// The stable spelling, as in a report.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text,)+ }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }
    };
}

codes! {
    /// The kinds of refusal.
    RefusalCode {
        /// There is no text.
        Empty = "empty",
        /// UTF-16 or UTF-32, which this service does not read.
        UnsupportedEncoding = "unsupportedEncoding",
        /// Partly UTF-8 and partly something else: any reading would damage letters.
        MixedEncoding = "mixedEncoding",
        /// A control character that no text has.
        ControlCharacter = "controlCharacter",
        /// Neither a budget's goals nor a goal's page.
        NotADocument = "notADocument",
        /// A budget document in which no goal was found.
        NoGoals = "noGoals",
        /// A goal without a statement.
        NoStatement = "noStatement",
        /// The pages of several goals in one file.
        SeveralGoalPages = "severalGoalPages",
    }
}

codes! {
    /// The kinds of doubt.
    DoubtCode {
        /// The bytes were no UTF-8 and were read as Windows-1252 (which holds Latin-1).
        ReadAsWindows1252 = "readAsWindows1252",
        /// Letters look as if they were encoded twice or lost before.
        DamagedLetters = "damagedLetters",
        /// A page number was left out.
        PageNumber = "pageNumber",
        /// No line is the document's title.
        TitleMissing = "titleMissing",
        /// The years that the document names differ.
        YearsDiffer = "yearsDiffer",
        /// The announced number of goals is not the number found.
        CountDiffers = "countDiffers",
        /// A goal's title differs between its heading, the contents and the list of goals.
        TitleDiffers = "titleDiffers",
        /// A goal stands in the contents or the list, and has no heading of its own.
        HeadingMissing = "headingMissing",
        /// A goal's heading stands in neither the contents nor the list of goals.
        NotListed = "notListed",
        /// Two lines were joined into one paragraph.
        JoinedLines = "joinedLines",
        /// A paragraph ends without closing punctuation and was not joined to the next.
        UnfinishedParagraph = "unfinishedParagraph",
        /// Lines without a blank line between them were taken as paragraphs of their own.
        AdjacentParagraphs = "adjacentParagraphs",
        /// A line looks like a heading that is not known.
        UnknownHeading = "unknownHeading",
        /// A line starts with a number as a goal's heading does, and was kept as text.
        NumberedLineKept = "numberedLineKept",
        /// A first paragraph that only repeats the title was dropped.
        RepeatedTitle = "repeatedTitle",
        /// Text stands under a heading that has nothing of its own.
        TextUnderHeading = "textUnderHeading",
        /// "Sidan uppdaterad" without a date that can be read.
        UpdatedDateUnreadable = "updatedDateUnreadable",
        /// Lines outside every goal and the introduction were left out.
        LeftOut = "leftOut",
    }
}
