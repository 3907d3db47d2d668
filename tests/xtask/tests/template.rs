//! What template.yaml promises, read from its text.

use std::collections::BTreeSet;

const TEMPLATE: &str = include_str!("../../../template.yaml");

/// The lines of one resource, without its name.
fn resource(name: &str) -> String {
    let mut lines = TEMPLATE.lines().skip_while(|line| *line != format!("  {name}:"));
    assert!(lines.next().is_some(), "template.yaml has no resource {name}");
    let is_inside = |line: &&str| line.is_empty() || line.starts_with("    ");
    lines.take_while(is_inside).collect::<Vec<_>>().join("\n")
}

/// What a role may do, as `service:Action`.
fn actions(role: &str) -> BTreeSet<String> {
    let text = resource(role);
    let words = text.split(|c: char| c.is_whitespace() || "[]{},\"".contains(c));
    let is_action = |word: &&str| {
        word.split_once(':').is_some_and(|(service, action)| {
            !service.is_empty()
                && service.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
                && (action == "*" || action.starts_with(|c: char| c.is_ascii_uppercase()))
        })
    };
    let not_granted = ["sts:AssumeRole", "dynamodb:LeadingKeys"];
    words.filter(is_action).filter(|action| !not_granted.contains(action)).map(str::to_owned).collect()
}

fn set(actions: &[&str]) -> BTreeSet<String> {
    actions.iter().map(|&action| action.to_owned()).collect()
}

/// The value of a line such as `Timeout: 60` in a resource.
fn number(resource_name: &str, property: &str) -> u64 {
    let text = resource(resource_name);
    let value = text.lines().find_map(|line| line.trim().strip_prefix(&format!("{property}: ")));
    assert!(value.is_some(), "{resource_name} has no {property}");
    value.and_then(|value| value.trim().parse().ok()).unwrap_or_default()
}

/// The largest value of a parameter.
fn maximum(parameter: &str) -> u64 {
    number(parameter, "MaxValue")
}

/// S-080, S-207.
#[test]
fn the_receiver_can_queue_and_nothing_else() {
    let own = ["sqs:SendMessage", "sqs:GetQueueAttributes", "secretsmanager:GetSecretValue"];
    let log = ["logs:CreateLogStream", "logs:PutLogEvents"];
    assert_eq!(actions("ReceiverRole"), set(&[own.as_slice(), &log].concat()));
    let role = resource("ReceiverRole");
    for elsewhere in
        ["CrmSecret", "ShopifySecret", "Records", "Keys", "ParkedQueue", "DeadLetterQueue", "ActionQueue"]
    {
        assert!(!role.contains(elsewhere), "the receiver reaches {elsewhere}");
    }
}

/// S-207.
#[test]
fn the_worker_takes_events_remembers_and_parks() {
    let expected = set(&[
        "sqs:ReceiveMessage",
        "sqs:DeleteMessage",
        "sqs:GetQueueAttributes",
        "sqs:ChangeMessageVisibility",
        "sqs:SendMessage",
        "dynamodb:GetItem",
        "dynamodb:PutItem",
        "dynamodb:UpdateItem",
        "dynamodb:DeleteItem",
        "dynamodb:ConditionCheckItem",
        "dynamodb:BatchGetItem",
        "dynamodb:PartiQLInsert",
        "dynamodb:PartiQLUpdate",
        "secretsmanager:GetSecretValue",
        "logs:CreateLogStream",
        "logs:PutLogEvents",
    ]);
    assert_eq!(actions("WorkerRole"), expected);
    assert!(!resource("WorkerRole").contains("WebhookSecret"));
}

/// S-207. It writes no link and no record of a CRM's: what it finds, and what died of it, it sends to the workers.
#[test]
fn the_nightly_proof_keeps_its_runs_reads_links_and_sends_repairs() {
    let expected = [
        "secretsmanager:GetSecretValue",
        "dynamodb:GetItem",
        "dynamodb:PutItem",
        "dynamodb:UpdateItem",
        "dynamodb:DeleteItem",
        "sqs:SendMessage",
        "sqs:ReceiveMessage",
        "sqs:DeleteMessage",
        "sqs:GetQueueAttributes",
        "sqs:ChangeMessageVisibility",
        "s3:PutObject",
        "logs:CreateLogStream",
        "logs:PutLogEvents",
    ];
    assert_eq!(actions("ReconcileRole"), set(&expected));
    let role = resource("ReconcileRole");
    let right = |sid: &str| {
        role.split(&format!("Sid: {sid}")).nth(1).unwrap().split("Sid:").next().unwrap().to_owned()
    };
    assert!(right("Budgets").contains(r#"["budget#*"]"#));
    assert!(right("Runs").contains(r#"["run#*"]"#));
    assert!(right("Figures").contains(r#"["figure#*"]"#));
    let links = right("Links");
    assert!(
        links.contains("Action: dynamodb:GetItem\n") && links.contains(r#"["customer#*", "record#*"]"#),
        "{links}"
    );
    assert!(right("Repairs").contains("EventQueue.Arn"));
    assert!(right("Dead").contains("Resource: !GetAtt DeadLetterQueue.Arn"));
    assert!(right("Reports").contains(r#"s3:PutObject, Resource: !Sub "${Reports.Arn}/reports/*""#));
}

/// S-117, S-207.
#[test]
fn what_is_due_is_read_from_one_index_every_quarter_of_an_hour_and_only_sent() {
    let expected = [
        "dynamodb:Query",
        "sqs:SendMessage",
        "secretsmanager:GetSecretValue",
        "logs:CreateLogStream",
        "logs:PutLogEvents",
    ];
    assert_eq!(actions("DueRole"), set(&expected));
    let role = resource("DueRole");
    assert!(
        role.contains(r#"Resource: !Sub "${Records.Arn}/index/due""#) && !role.contains("Keys"),
        "{role}"
    );
    assert!(!role.contains("CrmSecret") && !role.contains("WebhookSecret"), "{role}");
    assert!(resource("Due").contains("ScheduleExpression: rate(15 minutes)"));
}

/// S-207.
#[test]
fn actions_are_remembered_in_rows_of_their_own_and_links_are_only_read() {
    let role = resource("ActionsRole");
    assert!(role.contains(r#"{"dynamodb:LeadingKeys": ["action#*", "budget#*"]}"#), "{role}");
    let links = role.split("Sid: Links").nth(1).unwrap().lines().next().unwrap();
    assert!(links.contains("Action: dynamodb:GetItem, Resource: !GetAtt Records.Arn"), "{links}");
    assert!(!role.contains("WebhookSecret") && !role.contains("EventQueue"), "{role}");
    assert!(resource("ActionQueue").contains("DeadLetterQueue.Arn"));
}

/// S-207.
#[test]
fn replay_moves_events_and_cannot_reach_a_vendor() {
    let role = resource("ReplayRole");
    assert!(!role.contains("Secret"));
    assert!(!actions("ReplayRole").iter().any(|action| action.starts_with("secretsmanager:")));
    let give_back = role.split("Sid: GiveBack").nth(1).unwrap().lines().next().unwrap();
    assert!(give_back.contains("EventQueue.Arn"), "{give_back}");
}

#[test]
fn no_role_may_do_everything_or_to_everything() {
    for role in ["ReceiverRole", "WorkerRole", "ActionsRole", "ReconcileRole", "DueRole", "ReplayRole"] {
        let text = resource(role);
        // What narrows a right may name many rows.
        let narrowed = ["dynamodb:LeadingKeys", "${Reports.Arn}/reports/*"];
        let rights = text.lines().filter(|line| !narrowed.iter().any(|narrow| line.contains(narrow)));
        assert!(!rights.collect::<String>().contains('*'), "{role} has a wildcard");
        assert!(!text.contains("ManagedPolicyArns"), "{role} takes a policy that somebody else writes");
    }
}

#[test]
fn no_event_is_given_out_twice_while_it_is_worked_on() {
    let needed = 6 * number("Worker", "Timeout") + maximum("BatchWindowSeconds");
    assert!(number("EventQueue", "VisibilityTimeout") >= needed);
    let needed = 6 * number("Actions", "Timeout") + maximum("BatchWindowSeconds");
    assert!(number("ActionQueue", "VisibilityTimeout") >= needed);
}

/// S-160.
#[test]
fn a_wake_is_hidden_as_long_as_a_run_may_take_and_one_that_is_lost_delays_a_run_by_minutes() {
    assert!(number("WakeQueue", "VisibilityTimeout") >= number("Reconcile", "Timeout"));
    assert!(resource("Reconcile").contains("rate(5 minutes)"));
    let text = resource("WakeQueue");
    assert!(text.contains("SqsManagedSseEnabled: true") && !text.contains("RedrivePolicy"), "{text}");
    assert!(resource("WakeQueuePolicy").contains("aws:SecureTransport"));
    assert!(resource("WorkerRole").contains("WakeQueue.Arn"));
}

#[test]
fn the_dead_outlive_the_queue_they_come_from() {
    for queue in ["DeadLetterQueue", "ParkedQueue"] {
        assert!(number(queue, "MessageRetentionPeriod") > number("EventQueue", "MessageRetentionPeriod"));
    }
}

#[test]
fn every_queue_is_encrypted_kept_and_refuses_plain_text() {
    for queue in ["EventQueue", "ActionQueue", "DeadLetterQueue", "ParkedQueue"] {
        let text = resource(queue);
        assert!(
            text.contains("SqsManagedSseEnabled: true") && text.contains("DeletionPolicy: Retain"),
            "{queue}"
        );
        assert!(resource(&format!("{queue}Policy")).contains("aws:SecureTransport"), "{queue}");
    }
}

#[test]
fn what_is_precious_survives_a_mistake() {
    let records = resource("Records");
    for guard in
        ["DeletionProtectionEnabled: true", "PointInTimeRecoveryEnabled: true", "DeletionPolicy: Retain"]
    {
        assert!(records.contains(guard), "Records has no {guard}");
    }
}

#[test]
fn s_167_reports_are_kept_for_over_a_year_and_shown_to_nobody_outside() {
    let bucket = resource("Reports");
    for guard in ["BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets"] {
        assert!(bucket.contains(&format!("{guard}: true")), "{guard}");
    }
    for words in
        ["SSEAlgorithm: AES256", "BucketOwnerEnforced", "DeletionPolicy: Retain", "ExpirationInDays: 400"]
    {
        assert!(bucket.contains(words), "{words}");
    }
    assert!(resource("ReportsPolicy").contains(r#""aws:SecureTransport": "false""#));
    for role in ["ReceiverRole", "WorkerRole", "ActionsRole", "DueRole", "ReplayRole"] {
        assert!(!actions(role).iter().any(|action| action.starts_with("s3:")), "{role}");
    }
}

#[test]
fn what_comes_due_is_in_an_index_of_keys_alone() {
    let records = resource("Records");
    let index = records.split("IndexName: due").nth(1).unwrap();
    for part in ["due_in, KeyType: HASH", "due_at_ms, KeyType: RANGE", "ProjectionType: KEYS_ONLY"] {
        assert!(index.contains(part), "the index has no {part}");
    }
    assert!(records.contains("{AttributeName: due_at_ms, AttributeType: N}"), "numbers sort by their worth");
    assert!(records.contains("TimeToLiveSpecification: {AttributeName: expires_at, Enabled: true}"));
}

#[test]
fn a_failed_item_does_not_take_its_batch_along() {
    for function in ["Worker", "Actions"] {
        assert!(
            resource(function).contains("FunctionResponseTypes: [ReportBatchItemFailures]"),
            "{function}"
        );
    }
}

/// S-141, S-142, S-144, S-145, S-148: webhooks reach the worker by its queue and no schedule, and what is done in batches is
/// called by schedules and no webhook.
#[test]
fn what_matters_now_comes_by_webhooks_and_the_rest_by_schedules() {
    for (function, by) in [("Worker", "Queue: !GetAtt EventQueue.Arn"), ("Reconcile", "Type: ScheduleV2")] {
        assert!(resource(function).contains(by), "{function} {by}");
    }
    assert!(!resource("Worker").contains("Schedule") && !resource("Reconcile").contains("EventQueue.Arn"));
}

/// S-003, S-008, S-020.
#[test]
fn the_proof_runs_every_night_without_anyone() {
    let schedule = resource("ReconcileSchedule");
    assert!(schedule.contains("Default: cron(15 3 * * ? *)"), "{schedule}");
    assert!(resource("Reconcile").contains("ScheduleExpression: !Ref ReconcileSchedule"));
}

/// S-164: a run that was cut off goes on by itself, and a schedule that calls twice does no harm.
#[test]
fn a_run_that_was_begun_goes_on_by_itself() {
    let function = resource("Reconcile");
    for words in [
        "ScheduleExpression: rate(5 minutes)",
        r#"Input: '{"action":"continue"}'"#,
        r#"Input: '{"action":"run"}'"#,
    ] {
        assert!(function.contains(words), "{words}");
    }
}

/// S-194.
#[test]
fn orders_and_deals_are_counted_once_a_week_and_what_nobody_mends_is_told() {
    assert!(resource("CountSchedule").contains("Default: cron(15 7 ? * SUN *)"));
    let function = resource("Reconcile");
    for words in ["ScheduleExpression: !Ref CountSchedule", r#"Input: '{"action":"count"}'"#] {
        assert!(function.contains(words), "{words}");
    }
    assert!(resource("DealsAreTooMany").contains("MetricName: DealsTooMany"));
}

/// S-188: subscriptions are watched only where that is wanted.
#[test]
fn the_subscriptions_are_watched_every_hour_where_that_is_wanted() {
    let function = resource("Reconcile");
    for words in [
        "ScheduleExpression: rate(1 hour)",
        r#"Input: '{"action":"watch"}'"#,
        "WEBHOOK_URL: !If [WatchesSubscriptions, ",
    ] {
        assert!(function.contains(words), "{words}");
    }
    assert!(resource("WatchSubscriptions").contains("Default: \"false\""));
}

/// S-169: silence is no proof, so the heartbeat counts what was proven and not how often somebody looked.
#[test]
fn the_alarms_of_the_proof_look_at_what_was_proven() {
    assert!(resource("ReconcileIsSilent").contains("MetricName: Compared"));
    assert!(resource("ReconcileFails").contains("MetricName: ReconcileFailed"));
    assert!(resource("HalvesDrift").contains("Threshold: !Ref DriftAlarmPartsPerMillion"));
}

/// S-065, S-066.
#[test]
fn no_secret_stands_in_the_template() {
    for secret in ["WebhookSecret", "ShopifySecret"] {
        let text = resource(secret);
        let value = text.lines().find(|line| line.contains("SecretString:")).unwrap();
        assert!(value.contains("PUT-"), "{secret} is no placeholder: {value}");
    }
    assert!(resource("CrmSecret").contains("GenerateStringKey: fingerprint_key"));
}

#[test]
fn every_function_is_told_what_it_needs() {
    let told = |function: &str| {
        let text = resource(function);
        let variables = text.split("Variables:").nth(1).unwrap_or_default().to_owned();
        let names = variables.lines().skip(1).take_while(|line| line.starts_with("          "));
        names
            .filter_map(|line| line.trim().split_once(':').map(|(name, _)| name.to_owned()))
            .collect::<BTreeSet<_>>()
    };
    assert_eq!(told("Receiver"), set(&["QUEUE_URL", "WEBHOOK_SECRET_ARN", "MAX_BODY_BYTES"]));
    let vendors = ["SHOPIFY_SECRET_ARN", "CRM_SECRET_ARN", "SHOPIFY_ENDPOINT", "SHOPIFY_API_VERSION"];
    let crms = ["HUBSPOT_ENDPOINT", "HUBSPOT_API_VERSION", "SALESFORCE_ENDPOINT", "SALESFORCE_API_VERSION"];
    let vendors = [vendors, crms].concat();
    let budgets = ["KEYS_TABLE", "SHOPIFY_POINTS_PER_SECOND", "CRM_REQUESTS_PER_TEN_SECONDS"];
    let runs = ["QUEUE_URL", "DEAD_LETTER_QUEUE_URL", "RECORDS_TABLE"];
    let notices = [
        "REPORTS_BUCKET",
        "SLACK_SECRET_ARN",
        "SLACK_ENDPOINT",
        "SLACK_OPS_CHANNEL",
        "DRIFT_ALARM_PARTS_PER_MILLION",
        "WEBHOOK_URL",
    ];
    assert_eq!(told("Reconcile"), set(&[vendors.as_slice(), &budgets, &runs, &notices].concat()));
    let worker = [
        "QUEUE_URL",
        "PARKED_QUEUE_URL",
        "RECORDS_TABLE",
        "KEYS_TABLE",
        "RETRY_BASE_SECONDS",
        "SHOPIFY_POINTS_PER_SECOND",
        "CRM_REQUESTS_PER_TEN_SECONDS",
    ];
    let both = [vendors.as_slice(), &worker, &["RETRY_CAP_SECONDS"]].concat();
    assert_eq!(told("Worker"), set(&[both.as_slice(), &["ACTIONS_QUEUE_URL", "WAKES_QUEUE_URL"]].concat()));
    let actions = set(&[both.as_slice(), &["SLACK_SECRET_ARN", "SLACK_ENDPOINT"]].concat());
    assert_eq!(told("Actions"), actions);
    assert_eq!(told("Due"), set(&["QUEUE_URL", "RECORDS_TABLE", "SHOPIFY_SECRET_ARN"]));
    let replay =
        ["QUEUE_URL", "ACTIONS_QUEUE_URL", "DEAD_LETTER_QUEUE_URL", "PARKED_QUEUE_URL", "KEYS_TABLE"];
    assert_eq!(told("Replay"), set(&replay));
}
