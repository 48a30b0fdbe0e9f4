//! How long everything about deliveries takes.

use std::time::Duration;

/// The times of deliveries; tests shorten them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Times {
    /// How long a connection may take.
    pub connect: Duration,
    /// How long a delivery may take in all.
    pub answer: Duration,
    /// How long a webhook is one instance's own, from each delivery on: longer
    /// than a delivery and what the database takes around it.
    pub lease: Duration,
    /// The pause after the first failure; it doubles with each more.
    pub first_pause: Duration,
    /// The longest pause.
    pub longest_pause: Duration,
    /// How long a webhook may go on failing before it is paused.
    pub give_up: Duration,
    /// How long one webhook may keep its place among those served at once.
    pub turn: Duration,
    /// How long to wait before looking again, where nothing else wakes.
    pub look: Duration,
    /// How long a secret that was replaced still signs.
    pub overlap: Duration,
}

impl Default for Times {
    fn default() -> Self {
        let seconds = Duration::from_secs;
        Self {
            connect: seconds(5),
            answer: seconds(15),
            lease: seconds(45),
            first_pause: seconds(5),
            longest_pause: seconds(60 * 60),
            give_up: seconds(24 * 60 * 60),
            turn: seconds(20),
            look: seconds(5),
            overlap: seconds(24 * 60 * 60),
        }
    }
}

impl Times {
    /// The pause after so many failures in a row, shortened by up to a fifth so
    /// that webhooks that failed together do not come back together.
    pub fn pause(&self, failures: u32) -> Duration {
        let doubled = 2_u32.saturating_pow(failures.saturating_sub(1));
        let whole = self
            .first_pause
            .saturating_mul(doubled)
            .min(self.longest_pause);
        let mut random = [0_u8; 1];
        // Without random bits the pause is the whole one.
        let _ = getrandom::fill(&mut random);
        whole.mul_f64(1.0 - f64::from(random[0]) / 255.0 / 5.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pause_doubles_up_to_an_hour() {
        let times = Times::default();
        for (failures, whole) in [
            (1, 5),
            (2, 10),
            (3, 20),
            (10, 2560),
            (11, 3600),
            (u32::MAX, 3600),
        ] {
            let pause = times.pause(failures).as_secs_f64();
            let whole = f64::from(whole);
            assert!(
                pause <= whole && pause >= whole * 0.79,
                "{failures}: {pause}"
            );
        }
    }

    #[test]
    fn a_webhook_is_ones_own_for_longer_than_a_delivery_takes() {
        let times = Times::default();
        assert!(times.lease > times.answer * 2);
    }
}
