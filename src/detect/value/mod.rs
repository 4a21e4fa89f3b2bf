//! What a value looks like: names, addresses, dates, numbers, secrets.

mod address;
mod card;
mod date;
mod email;
mod name;
mod network;
mod phone;
mod secret;

pub(super) use address::{is_address, is_city, is_postcode, is_street};
pub(super) use card::{is_card, is_expiry, is_iban, is_issued};
pub(super) use date::is_birth_date;
pub(super) use email::email_around;
pub(super) use name::{is_full_name, is_name_as_key, is_name_part};
pub(super) use network::{is_mac, is_public_ip, is_vin};
pub(super) use phone::{is_international, is_phone};
pub(super) use secret::{is_dashed_name, is_opaque, is_password, is_random, is_strict_password};
