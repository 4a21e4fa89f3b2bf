//! The thin binary: all is in the library.

// The system's allocator: at 1,000 machines its peak is what `make bench` prints, and another would bring a C build.

fn main() -> stepwarden::commands::Outcome {
    stepwarden::commands::run()
}
