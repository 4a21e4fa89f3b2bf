pub mod no_customer_managed_key;
