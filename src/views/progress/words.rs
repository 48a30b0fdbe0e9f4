//! The words of an answer about progress.

use serde::Serialize;
use utoipa::ToSchema;

use crate::resources::values::Provenance;

crate::text_enum! {
    /// How it goes with a target (läge).
    pub enum ProgressStatus {
        /// The target is met by the latest figure (uppnått).
        Achieved = "achieved",
        /// Its year has passed and it is not met (inte uppnått i tid).
        Missed = "missed",
        /// At this pace it will be met, or nearly: ratio 0.95 or more (på väg).
        OnTrack = "onTrack",
        /// The right way, too slowly: ratio 0.60 or more (för långsamt).
        Slow = "slow",
        /// Hardly any movement: ratio 0 or more (står still).
        Stalled = "stalled",
        /// The wrong way: ratio below 0 (åt fel håll).
        Worsening = "worsening",
        /// Not met yet, of a kind that has no pace: equals, between, boolean, rank (ännu inte uppnått).
        NotMet = "notMet",
        /// It cannot be said; `reason` tells why (kan inte bedömas).
        NotAvailable = "notAvailable",
    }
}

crate::text_enum! {
    /// The colour of a status (trafikljus).
    pub enum Light {
        /// achieved, onTrack.
        Green = "green",
        /// slow.
        Yellow = "yellow",
        /// stalled, worsening, missed.
        Red = "red",
        /// notMet, notAvailable.
        Grey = "grey",
    }
}

crate::text_enum! {
    /// How the pace is computed (metod).
    pub enum Method {
        /// Compound annual growth: observed = (latest/base)^(1/(latestYear−baseYear)) − 1, required = (target/base)^(1/(targetYear−baseYear)) − 1. Source: Open SDG's measure of progress.
        GrowthRate = "growthRate",
        /// Share of the way done against share of the time gone: observed = (latest−base)/(latestYear−baseYear), required = (target−base)/(targetYear−baseYear), in units a year. Also for zero, negative values, percentages and gaps.
        LinearPath = "linearPath",
    }
}

crate::text_enum! {
    /// Who chose the base (val av utgångsvärde).
    pub enum BaseChoice {
        /// The client, by `baseYear`.
        BaseYear = "baseYear",
        /// The target, by its baseline.
        Baseline = "baseline",
        /// Nobody: it is the first value of the series.
        FirstValue = "firstValue",
    }
}

crate::text_enum! {
    /// Where a number in the answer comes from (ursprung).
    pub enum PointProvenance {
        /// Reported by the municipality itself.
        Reported = "reported",
        /// Taken as it is from Kolada; shown with "Källa: Kolada".
        Kolada = "kolada",
        /// Computed from other figures.
        Derived = "derived",
        /// Stated in the target: its value or its baseline.
        Target = "target",
    }
}

impl From<Provenance> for PointProvenance {
    fn from(provenance: Provenance) -> Self {
        match provenance {
            Provenance::Reported => Self::Reported,
            Provenance::Kolada => Self::Kolada,
            Provenance::Derived => Self::Derived,
        }
    }
}

crate::text_enum! {
    /// Why the status is what it is (skäl).
    pub enum ReasonCode {
        /// The latest figure meets the target, or it is said to be fulfilled.
        TargetMet = "targetMet",
        /// The target's year has passed, or has its figure, and the target is not met.
        TargetYearPassed = "targetYearPassed",
        /// The target's year has passed by the calendar and it is not met; its own value is not there yet (see `latest.year`).
        TargetYearPassedWithoutValue = "targetYearPassedWithoutValue",
        /// The observed pace was compared with the required one.
        PaceCompared = "paceCompared",
        /// The latest figure was compared with the base: a trend has no pace to keep.
        ComparedWithBase = "comparedWithBase",
        /// Targets of this kind are met or not, and this one is not yet.
        NotYetMet = "notYetMet",
        /// The target has neither a value nor a direction: a bare baseline.
        NoTarget = "noTarget",
        /// Nobody has said whether it is fulfilled: the target has no outcome.
        NoOutcome = "noOutcome",
        /// No indicator measures the target.
        NoIndicator = "noIndicator",
        /// There is no value to judge by.
        NoValue = "noValue",
        /// There is no value for the year in `baseYear`.
        NoValueForBaseYear = "noValueForBaseYear",
        /// There is no value of a later year than the base.
        FewerThanTwoValues = "fewerThanTwoValues",
        /// The target has no year, so no pace is required.
        NoTargetYear = "noTargetYear",
        /// The base is the target: there is no way between them.
        BaseIsTarget = "baseIsTarget",
        /// The base is not of a year before the target's.
        BaseNotBeforeTargetYear = "baseNotBeforeTargetYear",
        /// A growth rate needs positive values; `method=linearPath` does not.
        SignChange = "signChange",
        /// The numbers are too far apart to compute with.
        OutOfRange = "outOfRange",
        /// No other municipality has a value to rank among.
        NothingToCompareWith = "nothingToCompareWith",
        /// The indicator says of no direction that it is better, so there is no rank.
        NoDirection = "noDirection",
        /// Regions and the country are not ranked among municipalities.
        NotAMunicipality = "notAMunicipality",
    }
}

/// The same in Swedish and in English (på svenska och engelska).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(example = json!({"sv": "På väg", "en": "On track"}))]
pub struct Label {
    /// In Swedish.
    #[schema(example = "På väg")]
    pub sv: &'static str,
    /// In English.
    #[schema(example = "On track")]
    pub en: &'static str,
}

/// Why the status is what it is (skäl).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(example = json!({"code": "paceCompared", "sv": "Takten hittills är jämförd med den som behövs", "en": "The pace so far is compared with the one that is needed"}))]
pub struct Reason {
    /// For programs.
    pub code: ReasonCode,
    /// In Swedish.
    #[schema(example = "Takten hittills är jämförd med den som behövs")]
    pub sv: &'static str,
    /// In English.
    #[schema(example = "The pace so far is compared with the one that is needed")]
    pub en: &'static str,
}

impl ProgressStatus {
    /// Every status, in the order in which totals list them.
    pub const ALL: [Self; 8] = [
        Self::Achieved,
        Self::OnTrack,
        Self::Slow,
        Self::Stalled,
        Self::Worsening,
        Self::Missed,
        Self::NotMet,
        Self::NotAvailable,
    ];

    /// Its colour.
    pub fn light(self) -> Light {
        match self {
            Self::Achieved | Self::OnTrack => Light::Green,
            Self::Slow => Light::Yellow,
            Self::Stalled | Self::Worsening | Self::Missed => Light::Red,
            Self::NotMet | Self::NotAvailable => Light::Grey,
        }
    }

    /// What to call it.
    pub fn label(self) -> Label {
        let (sv, en) = match self {
            Self::Achieved => ("Uppnått", "Achieved"),
            Self::Missed => ("Inte uppnått i tid", "Missed"),
            Self::OnTrack => ("På väg", "On track"),
            Self::Slow => ("För långsamt", "Too slow"),
            Self::Stalled => ("Står still", "Stalled"),
            Self::Worsening => ("Åt fel håll", "Worsening"),
            Self::NotMet => ("Ännu inte uppnått", "Not met yet"),
            Self::NotAvailable => ("Kan inte bedömas", "Not available"),
        };
        Label { sv, en }
    }
}

impl ReasonCode {
    /// The reason in words.
    pub fn told(self) -> Reason {
        let (sv, en) = match self {
            Self::TargetMet => ("Målvärdet är uppnått", "The target is met"),
            Self::TargetYearPassed => (
                "Målåret har passerat utan att målvärdet är uppnått",
                "The target's year has passed and it is not met",
            ),
            Self::TargetYearPassedWithoutValue => (
                "Målåret har passerat utan att målvärdet är uppnått; målårets eget värde saknas ännu",
                "The target's year has passed and it is not met; the value of that year is not there yet",
            ),
            Self::PaceCompared => (
                "Takten hittills är jämförd med den som behövs",
                "The pace so far is compared with the one that is needed",
            ),
            Self::ComparedWithBase => (
                "Det senaste värdet är jämfört med utgångsvärdet",
                "The latest value is compared with the base",
            ),
            Self::NotYetMet => (
                "Målvärdet är ännu inte uppnått, och någon takt går inte att mäta",
                "The target is not met yet, and it has no pace to measure",
            ),
            Self::NoTarget => (
                "Det finns ett utgångsvärde men inget värde att nå",
                "There is a baseline but nothing to reach",
            ),
            Self::NoOutcome => (
                "Ingen har sagt om det är uppfyllt",
                "Nobody has said whether it is fulfilled",
            ),
            Self::NoIndicator => (
                "Inget nyckeltal mäter målvärdet",
                "No indicator measures the target",
            ),
            Self::NoValue => ("Det finns inget värde", "There is no value"),
            Self::NoValueForBaseYear => (
                "Det finns inget värde för det valda utgångsåret",
                "There is no value for the base year that was asked for",
            ),
            Self::FewerThanTwoValues => (
                "Det finns inget värde för ett senare år än utgångsvärdets",
                "There is no value of a later year than the base",
            ),
            Self::NoTargetYear => (
                "Målvärdet har inget målår, så någon takt krävs inte",
                "The target has no year, so no pace is required",
            ),
            Self::BaseIsTarget => (
                "Utgångsvärdet är lika med målvärdet",
                "The base is the target",
            ),
            Self::BaseNotBeforeTargetYear => (
                "Utgångsåret är inte före målåret",
                "The base is not of a year before the target's",
            ),
            Self::SignChange => (
                "En tillväxttakt kräver positiva värden",
                "A growth rate needs positive values",
            ),
            Self::OutOfRange => (
                "Värdena ligger för långt från varandra för att räkna på",
                "The numbers are too far apart to compute with",
            ),
            Self::NothingToCompareWith => (
                "Ingen annan kommun har ett värde att jämföra med",
                "No other municipality has a value to rank among",
            ),
            Self::NoDirection => (
                "Nyckeltalet har ingen riktning, så det finns ingen rangordning",
                "The indicator has no direction, so there is no rank",
            ),
            Self::NotAMunicipality => (
                "Regioner och riket rangordnas inte bland kommuner",
                "Regions and the country are not ranked among municipalities",
            ),
        };
        Reason { code: self, sv, en }
    }
}
