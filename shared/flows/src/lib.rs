#![doc = include_str!("../README.md")]

#[cfg(feature = "sync")]
mod act;
#[cfg(feature = "due")]
mod due;
#[cfg(feature = "sync")]
mod failure;
#[cfg(feature = "sync")]
mod pace;
mod receive;
#[cfg(feature = "sync")]
mod reconcile;
mod replay;
#[cfg(feature = "sync")]
mod watch;
#[cfg(feature = "sync")]
mod work;

#[cfg(feature = "sync")]
pub use act::{ActOutcome, ActTerms, Acted, Hands, act};
#[cfg(feature = "due")]
pub use due::{DueReport, ShopDue, Watch, due};
#[cfg(feature = "sync")]
pub use failure::{Disposition, Failure, disposition};
#[cfg(feature = "sync")]
pub use pace::{Pace, PacedChat, PacedCrm, PacedGrants, PacedShops};
pub use receive::{Answer, Incoming, Keyring, NoSecrets, Received, receive};
#[cfg(feature = "sync")]
pub use reconcile::{
    Again, Announced, Announcer, Ask, Asked, DeadEvents, Engine, MakeFigures, Means, Pursued, SendAgain,
    Window, announce, backfill, pursue,
};
pub use replay::{Action, Desk, From, InvalidReplay, LetterReport, ReplayReport, ReplayRequest, replay};
#[cfg(feature = "sync")]
pub use watch::{Watched, watch};
#[cfg(feature = "sync")]
pub use work::{
    Alarm, Beside, Delivered, Doing, Outcome, PastDeeds, Preview, PreviewRequest, Stores, Terms, Worked,
    World, preview, work,
};
