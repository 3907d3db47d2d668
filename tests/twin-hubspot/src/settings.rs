//! The knobs of a portal: its limits, and the answers HubSpot leaves open.

use serde::{Deserialize, Serialize};

/// What an upsert by a custom property answers when another contact holds the row's e-mail. HubSpot's real
/// answer is not documented, so a client has to live with both.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EmailConflict {
    /// 207 with an error for that row that names the existing id (with a trace id in every row).
    RowError,
    /// 409 for the whole batch, which names the existing id and no trace id; nothing is written.
    WholeConflict,
}

/// Limits and choices of a portal; `PUT /_twin/portal` takes any subset of the fields as `settings`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Calls allowed in one rolling interval (100 for Free and Starter, 190 above).
    pub burst_max: u32,
    /// Length of that interval, in milliseconds.
    pub burst_interval_ms: i64,
    /// Calls allowed in one day of the account's time zone.
    pub daily_max: u32,
    /// Search calls allowed in one second.
    pub search_per_second: u32,
    /// How long the search index runs behind the records, in milliseconds.
    pub search_lag_ms: i64,
    /// The answer to an upsert whose e-mail another contact holds.
    pub email_conflict: EmailConflict,
    /// The beta in which a merge keeps the primary's id; by default a merge makes a new id.
    pub merge_keeps_primary_id: bool,
    /// Whether a batch read by `email` finds secondary addresses. Not documented; off is the harder case.
    pub batch_read_finds_secondary_emails: bool,
    /// Whether a new stage is named by HubSpot, whatever name was sent for it. Off is what the API's reference says.
    pub stages_are_numbered: bool,
    /// Properties without which nobody makes a contact: a rule that an administrator sets, which writes by the API keep
    /// too since 2026-09.
    pub required_contact_properties: Vec<String>,
    /// Offset of the account's time zone from UTC, in minutes; the daily limit resets at its midnight.
    pub utc_offset_minutes: i32,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            burst_max: 100,
            burst_interval_ms: 10_000,
            daily_max: 250_000,
            search_per_second: 5,
            search_lag_ms: 3_000,
            email_conflict: EmailConflict::RowError,
            merge_keeps_primary_id: false,
            batch_read_finds_secondary_emails: false,
            stages_are_numbered: false,
            required_contact_properties: Vec::new(),
            utc_offset_minutes: 0,
        }
    }
}
