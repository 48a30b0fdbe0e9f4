//! Rank, percentile and quarter among figures: pure arithmetic.

use crate::decimal::Decimal;
use crate::resources::indicators::Direction;

crate::text_enum! {
    /// Which quarter a figure is in (kvartil).
    pub enum Quarter {
        /// Percentile 75 or more: the best quarter.
        Best = "best",
        /// Percentile from 25 to below 75.
        Middle = "middle",
        /// Percentile below 25: the worst quarter.
        Worst = "worst",
    }
}

/// Where a figure stands among others.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Standing {
    /// From 1, which is best. Equal figures share a rank, and the next rank counts them.
    pub(super) rank: usize,
    /// The share of the others that are worse, 0–100, equal ones counting half;
    /// `None` where there are no others.
    pub(super) percentile: Option<f64>,
}

/// The figures of a comparison, the best first.
#[derive(Clone, Debug)]
pub(super) struct Ranking {
    /// Ascending.
    figures: Vec<Decimal>,
    direction: Direction,
}

impl Ranking {
    /// A ranking of these figures in an indicator's direction.
    pub(super) fn new(mut figures: Vec<Decimal>, direction: Direction) -> Self {
        figures.sort_unstable();
        Self { figures, direction }
    }

    /// Where `figure`, one of those ranked, stands; `None` where no direction is better.
    pub(super) fn of_member(&self, figure: Decimal) -> Option<Standing> {
        self.standing(figure, 1)
    }

    /// Where a figure that is none of those ranked would stand.
    pub(super) fn of_stranger(&self, figure: Decimal) -> Option<Standing> {
        self.standing(figure, 0)
    }

    /// `own` is how many of the ranked figures are the figure itself.
    fn standing(&self, figure: Decimal, own: usize) -> Option<Standing> {
        let below = self.figures.partition_point(|other| *other < figure);
        let not_above = self.figures.partition_point(|other| *other <= figure);
        let above = self.figures.len() - not_above;
        let (better, worse) = match self.direction {
            Direction::HigherIsBetter => (above, below),
            Direction::LowerIsBetter => (below, above),
            Direction::Neither => return None,
        };
        let ties = not_above - below - own.min(not_above - below);
        let others = self.figures.len().saturating_sub(own);
        let halves = u32::try_from(2 * worse + ties).unwrap_or(u32::MAX);
        let all = u32::try_from(2 * others).unwrap_or(u32::MAX);
        Some(Standing {
            rank: better + 1,
            percentile: (others > 0).then(|| 100.0 * f64::from(halves) / f64::from(all)),
        })
    }

    /// The unweighted mean; `None` of nothing.
    pub(super) fn mean(&self) -> Option<f64> {
        let sum: f64 = self.figures.iter().map(|figure| figure.to_f64()).sum();
        let n = u32::try_from(self.figures.len()).unwrap_or(u32::MAX);
        (n > 0).then(|| sum / f64::from(n))
    }

    /// The middle figure, or the mean of the two in the middle; `None` of nothing.
    pub(super) fn median(&self) -> Option<Decimal> {
        let n = self.figures.len();
        let upper = *self.figures.get(n / 2)?;
        if n % 2 == 1 {
            return Some(upper);
        }
        let lower = self.figures.get((n / 2).checked_sub(1)?)?;
        Some(lower.midpoint(upper))
    }
}

impl Standing {
    /// The quarter that the percentile is in.
    pub(super) fn quarter(&self) -> Option<Quarter> {
        self.percentile.map(|percentile| match percentile {
            p if p >= 75.0 => Quarter::Best,
            p if p < 25.0 => Quarter::Worst,
            _ => Quarter::Middle,
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn decimals(texts: &[&str]) -> Vec<Decimal> {
        let read = |text: &&str| Decimal::parse(text).expect("a decimal");
        texts.iter().map(read).collect()
    }

    #[test]
    fn equal_figures_share_a_rank_and_the_next_counts_them() {
        let figures = decimals(&["5", "7", "7", "3"]);
        let ranking = Ranking::new(figures.clone(), Direction::HigherIsBetter);
        let ranks: Vec<usize> = figures
            .iter()
            .filter_map(|figure| ranking.of_member(*figure))
            .map(|standing| standing.rank)
            .collect();
        assert_eq!(ranks, [3, 1, 1, 4]);
        let best = ranking.of_member(figures[1]).expect("a standing");
        // Two of three others are worse, one is equal.
        assert_eq!(best.percentile, Some(100.0 * 2.5 / 3.0));
        assert_eq!(best.quarter(), Some(Quarter::Best));
    }

    #[test]
    fn lower_is_better_turns_the_order_and_no_direction_gives_none() {
        let figures = decimals(&["5", "7"]);
        let lower = Ranking::new(figures.clone(), Direction::LowerIsBetter);
        assert_eq!(lower.of_member(figures[0]).map(|s| s.rank), Some(1));
        let none = Ranking::new(figures.clone(), Direction::Neither);
        assert_eq!(none.of_member(figures[0]), None);
        assert_eq!(none.mean(), Some(6.0));
    }

    #[test]
    fn one_alone_has_a_rank_and_no_percentile() {
        let figures = decimals(&["5"]);
        let ranking = Ranking::new(figures.clone(), Direction::HigherIsBetter);
        let alone = ranking.of_member(figures[0]).expect("a standing");
        assert_eq!(
            (alone.rank, alone.percentile, alone.quarter()),
            (1, None, None)
        );
        assert_eq!(ranking.median(), Some(figures[0]));
        let nobody = Ranking::new(Vec::new(), Direction::HigherIsBetter);
        assert_eq!((nobody.mean(), nobody.median()), (None, None));
    }

    #[test]
    fn a_stranger_stands_among_all_of_them() {
        let ranking = Ranking::new(decimals(&["1", "2", "3"]), Direction::HigherIsBetter);
        let stranger = ranking
            .of_stranger(decimals(&["2"])[0])
            .expect("a standing");
        assert_eq!((stranger.rank, stranger.percentile), (2, Some(50.0)));
    }

    proptest! {
        #[test]
        fn rank_percentile_mean_and_median_are_those_of_a_naive_count(
            figures in proptest::collection::vec(-30i32..30, 1..60), lower in any::<bool>(),
        ) {
            let direction = if lower { Direction::LowerIsBetter } else { Direction::HigherIsBetter };
            let parsed: Vec<Decimal> = figures
                .iter()
                .map(|figure| Decimal::parse(&format!("{figure}e-1")).expect("a decimal"))
                .collect();
            let ranking = Ranking::new(parsed.clone(), direction);
            for (place, figure) in figures.iter().enumerate() {
                let (mut better, mut worse, mut ties) = (0, 0, 0);
                for (other_place, other) in figures.iter().enumerate() {
                    if other_place == place {
                        continue;
                    }
                    match other.cmp(figure) {
                        std::cmp::Ordering::Equal => ties += 1,
                        std::cmp::Ordering::Greater if !lower => better += 1,
                        std::cmp::Ordering::Less if lower => better += 1,
                        _ => worse += 1,
                    }
                }
                let found = ranking.of_member(parsed[place]).expect("a standing");
                prop_assert_eq!(found.rank, better + 1);
                let others = figures.len() - 1;
                #[expect(clippy::cast_precision_loss, reason = "fewer than sixty")]
                let expected = 100.0 * (worse as f64 + f64::from(ties) / 2.0) / others as f64;
                prop_assert_eq!(found.percentile.is_some(), others > 0);
                if let Some(percentile) = found.percentile {
                    prop_assert!((percentile - expected).abs() < 1e-9);
                    prop_assert!((0.0..=100.0).contains(&percentile));
                }
            }
            let mut sorted = figures.clone();
            sorted.sort_unstable();
            let middle = sorted.len() / 2;
            let median = if sorted.len() % 2 == 1 {
                f64::from(sorted[middle])
            } else {
                f64::from(sorted[middle - 1] + sorted[middle]) / 2.0
            } / 10.0;
            prop_assert!((ranking.median().expect("a median").to_f64() - median).abs() < 1e-9);
            #[expect(clippy::cast_precision_loss, reason = "fewer than sixty")]
            let mean = f64::from(figures.iter().sum::<i32>()) / 10.0 / figures.len() as f64;
            prop_assert!((ranking.mean().expect("a mean") - mean).abs() < 1e-9);
        }
    }
}
