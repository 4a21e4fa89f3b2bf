//! How forecasts do on series whose future is known: `cargo bench --bench forecast -- [SERIES] [SEED]`. Of each family of
//! series that grow: how many got no forecast, the error of the named time as a share of the time that was left (median and
//! 90th percentile), and how many of the true times lie in the interval. Of each family that does not grow to its limit: how
//! many got a forecast. The method was tuned on other seeds than the one that is the default here.
#![allow(clippy::print_stdout)]

use std::f64::consts::TAU;
use std::time::Instant;

use stepwarden::forecast::{Outlook, Point, outlook};

/// Any time will do; that it is no whole hour is as it will be.
const NOW: i64 = 1_767_227_820;
const MINUTE: f64 = 60.0;
const HOUR: f64 = 3_600.0;
const DAY: f64 = 24.0 * HOUR;

/// Sebastiano Vigna's splitmix64: small, and the same everywhere.
struct Dice(u64);

impl Dice {
    /// 0 to 1.
    fn share(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        f64::from(u32::try_from((mixed ^ (mixed >> 31)) >> 32).expect("32 bits fit")) / f64::from(u32::MAX)
    }

    fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.share()
    }

    /// Normal: the sum of 12 uniform ones, less its mean, is near enough.
    fn noise(&mut self) -> f64 {
        (0..12).map(|_| self.share()).sum::<f64>() - 6.0
    }
}

/// One series: usage without noise by seconds from now, and what is added to what is seen of it.
struct Series {
    usage: Box<dyn Fn(f64) -> f64>,
    limit: f64,
    /// Independent from point to point.
    noise: f64,
    /// With a memory: how much it varies, and for how many seconds it remembers.
    drift: (f64, f64),
    /// The share of points that are far off.
    spikes: f64,
    /// The share of points that are missing, beside a hole of a day.
    missing: f64,
}

impl Series {
    fn of(limit: f64, noise: f64, usage: impl Fn(f64) -> f64 + 'static) -> Self {
        Self { usage: Box::new(usage), limit, noise, drift: (0.0, HOUR), spikes: 0.0, missing: 0.0 }
    }

    /// 14 days by the hour and 3 hours by the minute, as CloudWatch gives them.
    fn points(&self, dice: &mut Dice) -> Vec<Point> {
        let mut points = Vec::new();
        let mut drift = self.drift.0 * dice.noise();
        let mut before = -14.0 * DAY;
        let hours = (0..(14 * 24 - 3)).map(|hour| f64::from(hour) * HOUR - 14.0 * DAY + 1_800.0);
        for at in hours.chain((0..180).map(|minute| f64::from(minute) * MINUTE - 3.0 * HOUR)) {
            let kept = (-(at - before) / self.drift.1).exp();
            drift = drift * kept + self.drift.0 * (1.0 - kept * kept).sqrt() * dice.noise();
            before = at;
            let spike = if dice.share() < self.spikes { dice.between(0.2, 2.0) * self.limit } else { 0.0 };
            let value = (self.usage)(at) + self.noise * dice.noise() + drift + spike;
            let hole = self.missing > 0.0 && (-6.0 * DAY..-5.0 * DAY).contains(&at);
            if dice.share() >= self.missing && !hole {
                #[allow(clippy::cast_possible_truncation)]
                points.push(Point { at: NOW + at as i64, value: value.max(0.0) });
            }
        }
        points
    }

    /// Seconds until the usage without noise is at the limit.
    fn left(&self) -> Option<f64> {
        (0..60 * 24 * 60).map(|minute| f64::from(minute) * MINUTE).find(|at| (self.usage)(*at) >= self.limit)
    }
}

const LIMIT: f64 = 100_000.0;

fn daily(dice: &mut Dice, height: f64) -> impl Fn(f64) -> f64 + use<> {
    let phase = dice.between(0.0, DAY);
    let second = dice.between(0.0, 0.4);
    move |at| height * ((TAU * (at + phase) / DAY).sin() + second * (2.0 * TAU * (at + phase) / DAY).sin())
}

/// Grows evenly since long ago, and is full in 1 to 25 days.
fn ramp(dice: &mut Dice) -> (f64, f64) {
    let now = dice.between(0.3, 0.9) * LIMIT;
    let left = dice.between(1.0, 25.0) * DAY;
    let slope = ((LIMIT - now) / left).min(now / (14.0 * DAY));
    (now, slope)
}

fn growing(family: &str, dice: &mut Dice) -> Series {
    let (now, slope) = ramp(dice);
    let noise = dice.between(0.0, 0.02) * LIMIT;
    let line = move |at: f64| now + slope * at;
    match family {
        "ramp" => Series::of(LIMIT, noise, line),
        "ramp, noise with a memory" => {
            let drift = (dice.between(0.0, 0.02) * LIMIT, dice.between(0.2, 8.0) * HOUR);
            Series { drift, ..Series::of(LIMIT, noise / 4.0, line) }
        }
        "ramp, spikes" => Series { spikes: 0.02, ..Series::of(LIMIT, noise, line) },
        "ramp, missing points" => Series { missing: 0.4, ..Series::of(LIMIT, noise, line) },
        "ramp and daily cycle" => {
            let height = dice.between(0.02, 0.15) * LIMIT;
            let day = daily(dice, height);
            Series::of(LIMIT * 1.1, noise / 4.0, move |at| line(at) + day(at))
        }
        "ramp since hours" => {
            let began = -dice.between(0.5, 3.0) * HOUR;
            let (from, left) = (dice.between(0.05, 0.5) * LIMIT, dice.between(0.25, 2.0) * -began);
            let slope = (LIMIT - from) / (left - began);
            Series::of(LIMIT, noise / 4.0, move |at| from + slope * (at - began).max(0.0))
        }
        "ramp since hours, daily cycle" => {
            let began = -dice.between(0.5, 3.0) * HOUR;
            let (from, left) = (dice.between(0.2, 0.5) * LIMIT, dice.between(0.25, 2.0) * -began);
            let slope = (LIMIT - from) / (left - began);
            let day = daily(dice, from / 3.0);
            Series::of(LIMIT, noise / 4.0, move |at| from + day(at) + slope * (at - began).max(0.0))
        }
        "ramp since days" => {
            let began = -dice.between(1.0, 6.0) * DAY;
            let (from, left) = (dice.between(0.05, 0.5) * LIMIT, dice.between(0.25, 2.0) * -began);
            let slope = (LIMIT - from) / (left - began);
            Series::of(LIMIT, noise / 4.0, move |at| from + slope * (at - began).max(0.0))
        }
        "step, then ramp" => {
            let (at_step, height) = (-dice.between(5.0, 10.0) * DAY, dice.between(0.05, 0.2) * LIMIT);
            let begin = now - height;
            Series::of(LIMIT, noise / 4.0, move |at| {
                begin.max(0.0) + slope * at + if at > at_step { height } else { 0.0 }
            })
        }
        "stairs" => {
            let step = dice.between(0.2, 1.0) * DAY;
            let phase = dice.between(0.0, step);
            Series::of(LIMIT, 0.0, move |at| line(((at + phase) / step).floor() * step).round())
        }
        "exponential" => {
            let doubling = dice.between(2.0, 8.0) * DAY;
            let left = dice.between(0.2, 1.5) * doubling;
            Series::of(LIMIT, noise / 8.0, move |at| LIMIT * ((at - left) / doubling).exp2())
        }
        _ => unreachable!("{family}"),
    }
}

fn steady(family: &str, dice: &mut Dice) -> Series {
    let level = dice.between(0.2, 0.7) * LIMIT;
    let noise = dice.between(0.0, 0.03) * LIMIT;
    let room = (LIMIT - level) * 0.8;
    match family {
        "constant" => Series::of(LIMIT, 0.0, move |_| level),
        "flat, noise" => Series::of(LIMIT, noise, move |_| level),
        "flat, noise with a memory" => {
            let drift = (dice.between(0.0, 0.2) * room, (TAU * dice.between(0.0, 1.0)).exp() * MINUTE * 2.0);
            Series { drift, ..Series::of(LIMIT, noise / 4.0, move |_| level) }
        }
        "near the limit, noise" => {
            let noise = dice.between(0.0, 0.004) * LIMIT;
            Series::of(LIMIT, noise, move |_| 0.97 * LIMIT)
        }
        "daily cycle" => {
            let height = dice.between(0.1, 1.0) * room.min(level) / 1.4;
            let day = daily(dice, height);
            Series::of(LIMIT, noise / 4.0, move |at| level + day(at))
        }
        "daily cycle, no weekends" => {
            let height = dice.between(0.1, 1.0) * room.min(level) / 1.4;
            let (day, offset) = (daily(dice, height), dice.between(0.0, 7.0));
            Series::of(LIMIT, noise / 4.0, move |at| {
                let weekend = (at / DAY + offset).rem_euclid(7.0) >= 5.0;
                level + if weekend { -height } else { day(at) }
            })
        }
        "daily cycle that varies" => {
            let height = dice.between(0.1, 0.7) * room.min(level) / 1.4;
            let day = daily(dice, height);
            let days: Vec<f64> = (0..80).map(|_| dice.between(0.6, 1.4)).collect();
            Series::of(LIMIT, noise / 4.0, move |at| {
                #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
                let factor = days[((at / DAY).floor() + 15.0) as usize];
                level + factor * day(at)
            })
        }
        "spikes" => Series { spikes: 0.03, ..Series::of(LIMIT, noise, move |_| level) },
        "missing points" => Series { missing: 0.5, ..Series::of(LIMIT, noise, move |_| level) },
        "step" => {
            let (height, at_step) = (dice.between(0.1, 1.0) * room, -dice.between(0.0, 14.0).powi(2) / 14.0 * DAY);
            Series::of(LIMIT, noise / 4.0, move |at| level + if at > at_step { height } else { 0.0 })
        }
        "falling" => {
            let slope = dice.between(0.0, 1.0) * (LIMIT - level) / (14.0 * DAY);
            Series::of(LIMIT, noise, move |at| level - slope * at)
        }
        "falling, daily cycle" => {
            let slope = dice.between(0.0, 1.0) * room / (14.0 * DAY);
            let height = dice.between(0.1, 0.5) * room.min(level) / 1.4;
            let day = daily(dice, height);
            Series::of(LIMIT, noise / 4.0, move |at| level - slope * at + day(at))
        }
        "counter resets" => {
            let period = (dice.between(0.0, 1.0) * 4.0).exp() * 2.0 * HOUR;
            let phase = dice.between(0.0, period);
            Series::of(LIMIT, noise / 8.0, move |at| level + room * (at + phase).rem_euclid(period) / period)
        }
        "saturated" => {
            let rate = dice.between(0.3, 1.5) * DAY;
            let since = dice.between(3.0, 10.0) * DAY;
            let from = level / 4.0;
            Series::of(LIMIT, noise / 8.0, move |at| level - (level - from) * (-(at + since).max(0.0) / rate).exp())
        }
        "random walk" => {
            let mut walk = vec![0.0];
            let step = dice.between(0.0, 0.3) * room;
            for index in 0..14 * 24 * 60 {
                let last: f64 = walk[index];
                walk.push(last + step / 37.9 * dice.noise());
            }
            let end = walk[walk.len() - 1];
            Series::of(LIMIT, 0.0, move |at| {
                #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
                let index = ((at + 14.0 * DAY) / MINUTE).max(0.0) as usize;
                level + walk.get(index).copied().unwrap_or(end) - end
            })
        }
        _ => unreachable!("{family}"),
    }
}

const GROWING: [&str; 11] = [
    "ramp",
    "ramp, noise with a memory",
    "ramp, spikes",
    "ramp, missing points",
    "ramp and daily cycle",
    "ramp since hours",
    "ramp since hours, daily cycle",
    "ramp since days",
    "step, then ramp",
    "stairs",
    "exponential",
];
const STEADY: [&str; 15] = [
    "constant",
    "flat, noise",
    "flat, noise with a memory",
    "near the limit, noise",
    "daily cycle",
    "daily cycle, no weekends",
    "daily cycle that varies",
    "spikes",
    "missing points",
    "step",
    "falling",
    "falling, daily cycle",
    "counter resets",
    "saturated",
    "random walk",
];

fn percent(part: usize, whole: usize) -> f64 {
    let number = |count: usize| f64::from(u32::try_from(count).expect("a few thousand"));
    100.0 * number(part) / number(whole.max(1))
}

fn print_growing(family: &str, count: usize, dice: &mut Dice) {
    let (mut errors, mut held, mut missed) = (Vec::new(), 0, 0);
    for _ in 0..count {
        let series = growing(family, dice);
        let left = series.left().expect("it grows to its limit");
        match outlook(&series.points(dice), 0.0, series.limit, NOW) {
            Outlook::Exhausts(found) => {
                let ahead = |at: i64| f64::from(i32::try_from(at - NOW).expect("some months"));
                errors.push((ahead(found.at) - left).abs() / left.max(10.0 * MINUTE));
                held += usize::from(ahead(found.earliest) <= left + MINUTE && left - MINUTE <= ahead(found.latest));
            }
            // Noise may lift a usage that is almost there over the limit.
            Outlook::Full => {}
            Outlook::Unknown | Outlook::Steady => missed += 1,
        }
    }
    errors.sort_by(f64::total_cmp);
    let error = |share: usize| errors.get(errors.len() * share / 100).map_or(f64::NAN, |error| 100.0 * error);
    println!(
        "{family:<32} {:>6.1} % {:>8.1} % {:>8.1} % {:>8.1} %",
        percent(missed, count),
        error(50),
        error(90),
        percent(held, errors.len())
    );
}

fn main() {
    // `cargo bench` passes `--bench`.
    let mut numbers = std::env::args().filter_map(|argument| argument.parse::<u64>().ok());
    let count = usize::try_from(numbers.next().unwrap_or(1_000)).expect("a count fits");
    let mut dice = Dice(numbers.next().unwrap_or(2_026));
    let begun = Instant::now();
    println!("{:<32} {:>8} {:>10} {:>10} {:>10}", "grows", "missed", "error p50", "error p90", "interval");
    for family in GROWING {
        print_growing(family, count, &mut dice);
    }
    println!("\n{:<32} {:>8} {:>20}", "does not grow to its limit", "named", "within 14 days");
    let (mut all, mut soon) = (0, 0);
    for family in STEADY {
        let (mut named, mut near) = (0, 0);
        for _ in 0..count {
            let series = steady(family, &mut dice);
            if let Outlook::Exhausts(found) = outlook(&series.points(&mut dice), 0.0, series.limit, NOW) {
                named += 1;
                near += usize::from(found.at - NOW <= 14 * 86_400);
            }
        }
        println!("{family:<32} {:>6.1} % {:>18.1} %", percent(named, count), percent(near, count));
        (all, soon) = (all + named, soon + near);
    }
    let of = count * STEADY.len();
    println!("{:<32} {:>6.2} % {:>18.2} %", "all of these", percent(all, of), percent(soon, of));
    let series = count * (STEADY.len() + GROWING.len());
    println!("\n{series} series of 513 points in {:.1} s, their making included", begun.elapsed().as_secs_f64());
}
