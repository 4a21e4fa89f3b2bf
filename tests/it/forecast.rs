//! What forecasts must never do, whatever the series.

use proptest::prelude::*;
use stepwarden::forecast::{Exhaustion, Outlook, Point, outlook};

const NOW: i64 = 1_767_225_600;
const HOUR: i64 = 3_600;
const LIMIT: f64 = 1_000.0;

/// As CloudWatch gives them: days by the hour, three hours by the minute.
fn sampled(days: i64, usage: impl Fn(f64) -> f64) -> Vec<Point> {
    #[allow(clippy::cast_precision_loss)]
    let point = |ago: i64| Point { at: NOW - ago, value: usage(-(ago as f64)) };
    let hours = (3..days * 24).rev().map(|hour| point(hour * HOUR));
    hours.chain((0..180).rev().map(|minute| point(minute * 60))).collect()
}

fn named(points: &[Point], limit: f64) -> Option<Exhaustion> {
    match outlook(points, 0.0, limit, NOW) {
        Outlook::Exhausts(exhaustion) => Some(exhaustion),
        _ => None,
    }
}

fn daily(height: f64, phase: f64) -> impl Fn(f64) -> f64 {
    move |at| height * (std::f64::consts::TAU * (at / 86_400.0 + phase)).sin()
}

/// Anything at all, numbers that are none among it.
fn any_points() -> impl Strategy<Value = Vec<Point>> {
    let at = prop_oneof![
        4 => NOW - 20 * 86_400..NOW + HOUR,
        1 => any::<i64>(),
        1 => Just(NOW),
    ];
    let value = prop_oneof![4 => 0.0..2_000.0, 1 => any::<f64>(), 1 => Just(f64::NAN), 1 => Just(f64::INFINITY)];
    prop::collection::vec((at, value).prop_map(|(at, value)| Point { at, value }), 0..200)
}

/// A ramp with noise, as usage mostly is, in days and for the limit of 1,000.
fn ramp() -> impl Strategy<Value = Vec<Point>> {
    let noise = prop::collection::vec(-1.0..1.0_f64, 600);
    (3_i64..15, 200.0..900.0_f64, 0.0..90.0_f64, 0.0..20.0_f64, noise).prop_map(
        |(days, now, per_day, height, noise)| {
            let mut points = sampled(days, |at| now + per_day * at / 86_400.0);
            for (point, noise) in points.iter_mut().zip(noise) {
                point.value = (point.value + height * noise).max(0.0);
            }
            points
        },
    )
}

proptest! {
    #[test]
    fn a_flat_series_never_ends(days in 1_i64..15, level in 0.0..999.0_f64) {
        prop_assert_eq!(named(&sampled(days, |_| level), LIMIT), None);
    }

    #[test]
    fn a_falling_series_never_ends(days in 1_i64..15, level in 0.0..900.0_f64, per_day in 0.0..200.0_f64) {
        let points = sampled(days, |at| level - per_day * at / 86_400.0);
        let below = points.iter().all(|point| point.value < 1e6);
        prop_assert!(below);
        prop_assert_eq!(named(&points, LIMIT), None);
    }

    /// With enough history to tell the cycle, and the limit out of its reach.
    #[test]
    fn a_falling_or_flat_series_with_a_daily_cycle_never_ends(
        days in 4_i64..15, level in 300.0..600.0_f64, per_day in 0.0..50.0_f64, height in 0.0..200.0_f64, phase in 0.0..1.0_f64,
    ) {
        let day = daily(height, phase);
        let points = sampled(days, |at| level - per_day * at / 86_400.0 + day(at));
        prop_assert_eq!(named(&points, LIMIT), None);
    }

    #[test]
    fn a_step_is_no_growth(ago in 0_i64..14 * 86_400, level in 10.0..400.0_f64, height in 1.0..500.0_f64) {
        #[allow(clippy::cast_precision_loss)]
        let points = sampled(14, |at| if at > -(ago as f64) { level + height } else { level });
        prop_assert_eq!(named(&points, LIMIT), None);
    }

    #[test]
    fn any_points_are_borne_and_no_time_lies_in_the_past(
        points in any_points(),
        blind_below in prop_oneof![Just(0.0), Just(f64::NAN), 0.0..500.0],
        limit in prop_oneof![4 => Just(LIMIT), 1 => any::<f64>()],
        now in prop_oneof![4 => Just(NOW), 1 => any::<i64>()],
    ) {
        if let Outlook::Exhausts(found) = outlook(&points, blind_below, limit, now) {
            prop_assert!(now <= found.earliest && found.earliest <= found.at && found.at <= found.latest, "{found:?}");
            prop_assert!(found.per_day > 0.0, "{found:?}");
        }
    }

    #[test]
    fn what_is_full_has_no_forecast(points in ramp(), limit in 0.0..200.0_f64) {
        let last = points.iter().max_by_key(|point| point.at).unwrap().value;
        prop_assume!(last >= limit);
        prop_assert_eq!(outlook(&points, 0.0, limit, NOW), Outlook::Full);
    }

    #[test]
    fn a_forecast_moves_along_with_time(points in ramp(), shift in -1_000_000_000_i64..1_000_000_000) {
        let moved: Vec<_> = points.iter().map(|point| Point { at: point.at + shift, ..*point }).collect();
        let back = |found: Exhaustion| Exhaustion {
            at: found.at - shift, earliest: found.earliest - shift, latest: found.latest - shift, ..found
        };
        let later = match outlook(&moved, 0.0, LIMIT, NOW + shift) {
            Outlook::Exhausts(found) => Outlook::Exhausts(back(found)),
            other => other,
        };
        prop_assert_eq!(outlook(&points, 0.0, LIMIT, NOW), later);
    }

    /// A power of two, so that no digit is lost on the way.
    #[test]
    fn a_forecast_does_not_ask_for_the_unit(points in ramp(), power in -8_i32..16) {
        let factor = f64::from(power).exp2();
        let scaled: Vec<_> = points.iter().map(|point| Point { value: point.value * factor, ..*point }).collect();
        let times = |found: Option<Exhaustion>| found.map(|found| (found.at, found.earliest, found.latest));
        prop_assert_eq!(times(named(&points, LIMIT)), times(named(&scaled, LIMIT * factor)));
    }

    #[test]
    fn the_order_of_points_says_nothing(points in ramp(), seed in any::<u64>()) {
        let mut shuffled = points.clone();
        shuffled.sort_by_key(|point| point.at.unsigned_abs().wrapping_mul(seed | 1));
        prop_assert_eq!(outlook(&points, 0.0, LIMIT, NOW), outlook(&shuffled, 0.0, LIMIT, NOW));
    }
}

#[test]
fn a_ramp_ends_when_it_meets_the_limit() {
    let found = named(&sampled(14, |at| 800.0 + 50.0 * at / 86_400.0), LIMIT).expect("it grows");
    assert!((found.at - NOW - 4 * 86_400).abs() < 600, "{found:?}");
    assert!((found.per_day - 50.0).abs() < 0.1, "{found:?}");
}

#[test]
fn a_ramp_that_began_an_hour_ago_is_seen_in_the_minutes() {
    let found = named(&sampled(14, |at| 100.0 + (at + 3_600.0).max(0.0) / 12.0), LIMIT).expect("it grows");
    assert!((found.at - NOW - 7_200).abs() < 600, "{found:?}");
    assert!(found.window <= HOUR, "{found:?}");
}

/// What has been reset will be: below where it was, growth is none, and above it is.
#[test]
fn a_counter_that_is_reset_does_not_grow_below_its_peaks() {
    for (period, now) in (8..72).flat_map(|hours| [0.3, 0.6, 0.9].map(|now| (f64::from(hours) * 3_600.0, now))) {
        let tooth = |at: f64| 100.0 + 700.0 * (at / period + now).rem_euclid(1.0);
        assert_eq!(named(&sampled(14, tooth), LIMIT), None, "{period} {now}");
    }
    let escaped =
        |at: f64| if at < -86_400.0 { 100.0 + 400.0 * (at / 86_400.0).rem_euclid(1.0) } else { 900.0 + at / 120.0 };
    assert!(named(&sampled(14, escaped), LIMIT).is_some());
}

#[test]
fn little_history_tells_nothing() {
    assert_eq!(outlook(&sampled(2, |_| 10.0), 0.0, LIMIT, NOW), Outlook::Unknown);
    assert_eq!(outlook(&sampled(4, |_| 10.0), 0.0, LIMIT, NOW), Outlook::Steady);
    assert_eq!(outlook(&[], 0.0, LIMIT, NOW), Outlook::Unknown);
}

/// Below its line the source is blind: no trend leads from 0 to the first number that is one.
#[test]
fn what_the_source_is_blind_to_is_no_growth() {
    let blind = |at: f64| if at < -3_600.0 { 0.0 } else { 500.0 };
    assert_eq!(outlook(&sampled(14, blind), 400.0, LIMIT, NOW), Outlook::Steady);
    assert_eq!(outlook(&sampled(14, |_| 10.0), 400.0, LIMIT, NOW), Outlook::Unknown, "unknown now");
    let grows = |at: f64| (700.0 + at / 10.0).max(0.0);
    let Outlook::Exhausts(found) = outlook(&sampled(14, grows), 400.0, LIMIT, NOW) else { panic!("it grows") };
    assert!((found.at - NOW - 3_000).abs() < 300, "{found:?}");
}
