//! Why a file is not believed, and where.

use std::fmt;

use domain::{CustomerId, OrderId};

/// A place in the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Where {
    /// The line, from 1.
    pub line: u64,
    /// The byte, from 0.
    pub byte: u64,
}

/// A file that does not count: nothing that was read of it is given out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Broken {
    /// What is wrong.
    pub fault: Fault,
    /// Where it was found.
    pub at: Where,
}

/// What is wrong with a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// Not JSON: names what should be there.
    Json(&'static str),
    /// Not UTF-8.
    Letters,
    /// A line is longer than the limit, in bytes.
    LongLine(usize),
    /// Neither a customer without a parent nor an order with one.
    Kind,
    /// A field that is needed is not there, or null.
    Missing(&'static str),
    /// A field is not what it should be.
    Value(&'static str),
    /// An order whose customer is not there, or not where it should be.
    Orphan(OrderId),
    /// A customer who is there twice. Where the two lines are far apart, the place is the end of the file.
    DoubledCustomer(CustomerId),
    /// An order that its customer has twice; the place is the customer's.
    DoubledOrder(OrderId),
    /// The list of this name is as long as the shop lets it get, and may be cut.
    MayBeCut {
        /// Which list.
        list: &'static str,
        /// How long it is.
        length: u64,
    },
    /// More than this many customers and orders wait for each other, or are kept.
    TooMany(usize),
    /// The file is not as long as the shop says, in bytes.
    Bytes(Differs),
    /// There are not as many lines as the shop says.
    Lines(Differs),
    /// There are not as many lines without a parent as the shop says.
    Roots(Differs),
}

/// Two counts that should be one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Differs {
    /// What was read.
    pub read: u64,
    /// What the shop says.
    pub told: u64,
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, byte {}: {}", self.at.line, self.at.byte, self.fault)
    }
}

impl std::error::Error for Broken {}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Json(expected) => write!(f, "not JSON: {expected} should be here"),
            Self::Letters => f.write_str("not UTF-8"),
            Self::LongLine(limit) => write!(f, "the line is longer than {limit} bytes"),
            Self::Kind => f.write_str("neither a customer nor an order of one"),
            Self::Missing(field) => write!(f, "{field} is missing"),
            Self::Value(field) => write!(f, "{field} is not what it should be"),
            Self::Orphan(order) => {
                write!(f, "order {order} has no customer here; ask with groupObjects: true")
            }
            Self::DoubledCustomer(customer) => write!(f, "customer {customer} is there twice"),
            Self::DoubledOrder(order) => write!(f, "order {order} is there twice"),
            Self::MayBeCut { list, length } => write!(f, "{list} are {length}, which may be all or not"),
            Self::TooMany(limit) => write!(f, "more than {limit} customers and orders are to be held"),
            Self::Bytes(differs) => write!(f, "fileSize: {differs}"),
            Self::Lines(differs) => write!(f, "objectCount: {differs}"),
            Self::Roots(differs) => write!(f, "rootObjectCount: {differs}"),
        }
    }
}

impl fmt::Display for Differs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} were read, the shop says {}", self.read, self.told)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_says_where_and_never_what_the_line_says() {
        let broken = Broken { fault: Fault::Missing("processedAt"), at: Where { line: 7, byte: 1_234 } };
        assert_eq!(broken.to_string(), "line 7, byte 1234: processedAt is missing");
        let lines = Fault::Lines(Differs { read: 4, told: 5 });
        assert_eq!(lines.to_string(), "objectCount: 4 were read, the shop says 5");
    }
}
