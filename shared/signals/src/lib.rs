#![doc = include_str!("../README.md")]

mod answer;
mod book;
mod bounds;
mod compile;
mod evaluate;
mod expression;
mod fact;
mod facts;
mod node;
mod read;
mod refused;
mod signals;
mod template;

pub use answer::Truth;
pub use book::SignalBook;
pub use expression::{Condition, Text, Wording};
pub use fact::{Fact, Type};
pub use facts::Facts;
pub use refused::{Mend, Refused};
pub use signals::{Explained, Faulty, Part, Reading, Signals};
pub use template::Template;
