pub mod no_customer_managed_key;
pub mod secret_in_definition;
