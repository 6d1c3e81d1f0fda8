"""Queues: encrypted, TLS only, watched, and none without a place for what cannot be handled."""

import pytest

from passrole.channel import ChannelName
from tests.infra.stack_template import Properties, StackTemplate, listed, text


def dead_letter_queues(stack: StackTemplate) -> set[str]:
    """Queues that something sends its failures to."""
    found = {
        queue["RedrivePolicy"]["deadLetterTargetArn"]["Fn::GetAtt"][0]
        for queue in stack.of_type("AWS::SQS::Queue").values()
        if "RedrivePolicy" in queue
    }
    for rule in stack.of_type("AWS::Events::Rule").values():
        found |= {target["DeadLetterConfig"]["Arn"]["Fn::GetAtt"][0] for target in rule.get("Targets", ())}
    return found


def mappings_of(stack: StackTemplate, part: str) -> dict[str, Properties]:
    """Queue -> how a function reads it."""
    return {
        mapping["EventSourceArn"]["Fn::GetAtt"][0]: mapping
        for mapping in stack.of_type("AWS::Lambda::EventSourceMapping").values()
        if part in mapping["FunctionName"]["Ref"]
    }


def second_looks(stack: StackTemplate) -> set[str]:
    """The queue in which events wait, and its dead-letter queue."""
    return {name for name in stack.of_type("AWS::SQS::Queue") if "SecondLooks" in name}


def contain_queue(stack: StackTemplate) -> str:
    """The queue that `contain` reads."""
    (queue,) = mappings_of(stack, "Contain")
    return queue


def channel_queue(stack: StackTemplate, channel: ChannelName) -> str | None:
    """The queue of a channel; None if it is not configured."""
    found = [q for q in mappings_of(stack, "Notify") if q.startswith(f"Notification{channel.identifier}")]
    return found[0] if found else None


def alarms_on(stack: StackTemplate, metric: str) -> dict[str, Properties]:
    """Watched resource -> the alarm on that metric of it."""
    return {
        alarm["Dimensions"][0]["Value"].get("Fn::GetAtt", [alarm["Dimensions"][0]["Value"].get("Ref")])[
            0
        ]: alarm
        for alarm in stack.of_type("AWS::CloudWatch::Alarm").values()
        if alarm.get("MetricName") == metric
    }


def test_every_queue_has_a_dead_letter_queue_or_is_one(stacks: list[StackTemplate]) -> None:
    for stack in stacks:
        dead = dead_letter_queues(stack)
        for name, queue in stack.of_type("AWS::SQS::Queue").items():
            assert (name in dead) != ("RedrivePolicy" in queue), name


def test_every_dead_letter_queue_rings_with_its_first_message(stacks: list[StackTemplate]) -> None:
    for stack in stacks:
        # Given the topic that people get alarms from
        topics = set(stack.of_type("AWS::SNS::Topic"))
        alarms = alarms_on(stack, "ApproximateNumberOfMessagesVisible")
        for queue in dead_letter_queues(stack):
            # When one message lies in a dead-letter queue, then its alarm tells that topic
            alarm = alarms[queue]
            assert (alarm["Threshold"], alarm["ComparisonOperator"]) == (0, "GreaterThanThreshold")
            (action,) = alarm["AlarmActions"]
            assert action["Ref"] in topics
            assert "Alerts" in action["Ref"]


def test_every_work_queue_rings_when_a_message_waits(guard: StackTemplate) -> None:
    work = {n for n, queue in guard.of_type("AWS::SQS::Queue").items() if "RedrivePolicy" in queue}
    assert set(alarms_on(guard, "ApproximateAgeOfOldestMessage")) == work
    assert len(work) == 5 + len(ChannelName)


def test_dead_letters_are_kept_longer_than_work(stacks: list[StackTemplate]) -> None:
    for stack in stacks:
        dead = dead_letter_queues(stack)
        for name, queue in stack.of_type("AWS::SQS::Queue").items():
            assert queue["MessageRetentionPeriod"] == (1209600 if name in dead else 345600)


def test_a_message_stays_hidden_for_six_attempts(guard: StackTemplate) -> None:
    queues = guard.of_type("AWS::SQS::Queue")
    functions = guard.of_type("AWS::Lambda::Function")
    for mapping in guard.of_type("AWS::Lambda::EventSourceMapping").values():
        queue = queues[mapping["EventSourceArn"]["Fn::GetAtt"][0]]
        function = functions[mapping["FunctionName"]["Ref"]]
        assert queue["VisibilityTimeout"] == 6 * function["Timeout"]


@pytest.mark.parametrize(
    ("part", "batch", "receives"), [("Detect", 10, 5), ("Contain", 1, 6), ("Notify", 5, 20)]
)
def test_functions_read_their_queues_with_partial_failures(
    guard: StackTemplate, part: str, batch: int, receives: int
) -> None:
    mappings = mappings_of(guard, part)
    assert mappings
    for mapping in mappings.values():
        assert mapping["BatchSize"] == batch
        assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    for name in mappings:
        queue = guard.of_type("AWS::SQS::Queue")[name]
        assert queue["RedrivePolicy"]["maxReceiveCount"] == receives


def test_detect_reads_what_waits_for_another_look_without_haste(guard: StackTemplate) -> None:
    # Given the queues that `detect` reads
    by_queue = {
        "looks" if "SecondLooks" in queue else "intake": mapping["ScalingConfig"]["MaximumConcurrency"]
        for queue, mapping in mappings_of(guard, "Detect").items()
    }
    # When many messages are in both, then what waited is read by as few at once as Lambda takes
    assert by_queue == {"intake": 20, "looks": 2}


def test_detect_knows_where_events_wait_and_how_long(guard: StackTemplate, plain: StackTemplate) -> None:
    for stack, delays in ((guard, "1,2"), (plain, "30,90,180")):
        variables = stack.function_of("Detect")["Environment"]["Variables"]
        assert "SecondLooks" in variables["SECOND_LOOKS_QUEUE_URL"]["Ref"]
        assert variables["LOOK_DELAYS"] == delays


def test_detect_alone_of_the_functions_sends_to_the_queue_of_second_looks(guard: StackTemplate) -> None:
    (sent,) = (s for s in guard.statements("Detect") if "sqs:SendMessage" in s.actions)
    (queue,) = (f"${{{name}.Arn}}" for name in second_looks(guard) if "DeadLetters" not in name)
    assert sent.resources == (queue,)
    senders = {s.role for s in guard.statements() if "sqs:SendMessage" in s.actions and queue in s.resources}
    assert senders == {guard.role_of("Detect"), guard.role_of("Operator")}


def test_sweep_sends_to_its_dead_letters_to_contain_and_to_the_channels_of_people(
    guard: StackTemplate,
) -> None:
    peoples = {c: channel_queue(guard, c) for c in ChannelName if c.is_for_people}
    (dead,) = (n for n in guard.of_type("AWS::SQS::Queue") if n.startswith("SweepingDeadLetters"))
    sent = {r for s in guard.statements("Sweep") if "sqs:SendMessage" in s.actions for r in s.resources}
    (tasks,) = (n for n in guard.of_type("AWS::SQS::Queue") if n.startswith("SweepingTasksQueue"))
    assert sent == {f"${{{q}.Arn}}" for q in (contain_queue(guard), dead, tasks, *peoples.values())}
    variables = guard.function_of("Sweep")["Environment"]["Variables"]
    assert {c: variables[c.queue_variable]["Ref"] for c in peoples} == peoples


def test_each_channel_has_a_queue_of_its_own_that_gets_what_people_are_told(guard: StackTemplate) -> None:
    """What one receiver refuses waits in its queue, and delays no other's."""
    # Given the queues that `notify` reads
    queues = {channel_queue(guard, channel): channel for channel in ChannelName}
    assert set(mappings_of(guard, "Notify")) == set(queues)
    filters = {
        subscription["Endpoint"]["Fn::GetAtt"][0]: subscription.get("FilterPolicy")
        for subscription in guard.of_type("AWS::SNS::Subscription").values()
        if subscription["Protocol"] == "sqs"
    }
    variables = guard.function_of("Notify")["Environment"]["Variables"]
    for queue, channel in queues.items():
        # When a finding is only observed, then it does not even come
        assert filters[queue] == {"response": ["alert", "quarantine"]}
        # and the function knows whose queue it is
        assert variables[channel.queue_variable] == {"Ref": queue}
        assert mappings_of(guard, "Notify")[queue]["ScalingConfig"]["MaximumConcurrency"] == 2


def test_contain_knows_which_attempt_is_its_last(guard: StackTemplate) -> None:
    queue = guard.of_type("AWS::SQS::Queue")[contain_queue(guard)]
    variables = guard.function_of("Contain")["Environment"]["Variables"]
    assert variables["MAX_RECEIVES"] == str(queue["RedrivePolicy"]["maxReceiveCount"])


def test_sweep_alone_of_the_functions_sends_to_the_queue_of_contain(guard: StackTemplate) -> None:
    # Given the queue that `contain` reads, which it puts back in itself only by changing its visibility
    queue = contain_queue(guard)
    senders = {
        s.role
        for s in guard.statements()
        if "sqs:SendMessage" in s.actions and f"${{{queue}.Arn}}" in s.resources
    }
    # When somebody sends there, then it is `sweep` or an operator, and both functions know the queue
    assert senders == {guard.role_of("Sweep"), guard.role_of("Operator")}
    for part in ("Contain", "Sweep"):
        assert guard.function_of(part)["Environment"]["Variables"]["CONTAIN_QUEUE_URL"] == {"Ref": queue}


def test_queues_and_topics_refuse_what_does_not_come_by_tls(stacks: list[StackTemplate]) -> None:
    for stack in stacks:
        queues = _refusing(stack, "AWS::SQS::QueuePolicy", "Queues")
        topics = _refusing(stack, "AWS::SNS::TopicPolicy", "Topics")
        assert queues == set(stack.of_type("AWS::SQS::Queue"))
        assert topics == set(stack.of_type("AWS::SNS::Topic"))


def test_queues_and_topics_allow_services_only_and_each_for_one_source(stacks: list[StackTemplate]) -> None:
    for stack in stacks:
        for kind in ("AWS::SQS::QueuePolicy", "AWS::SNS::TopicPolicy"):
            for policy in stack.of_type(kind).values():
                for statement in policy["PolicyDocument"]["Statement"]:
                    if statement["Effect"] == "Deny":
                        continue
                    assert set(statement["Principal"]) == {"Service"}
                    assert statement["Action"] in ("sqs:SendMessage", "sns:Publish")
                    keys = {key for test in statement["Condition"].values() for key in test}
                    assert "aws:SourceArn" in keys


def test_only_the_guard_publishes_findings(guard: StackTemplate) -> None:
    # Given the policy of the topic `findings`
    (policy,) = (
        p
        for p in guard.of_type("AWS::SNS::TopicPolicy").values()
        if p["Topics"][0]["Ref"].startswith("Findings")
    )
    # When anybody publishes, then it is denied but for these four
    (denied,) = (s for s in policy["PolicyDocument"]["Statement"] if s["Sid"] == "OnlyTheGuardPublishes")
    assert (denied["Effect"], denied["Principal"]) == ("Deny", {"AWS": "*"})
    allowed = {text(arn) for arn in denied["Condition"]["ArnNotEquals"]["aws:PrincipalArn"]}
    roles = {guard.role_of(part) for part in ("Detect", "Contain", "Sweep", "Operator")}
    assert allowed == {f"${{{role}.Arn}}" for role in roles}


@pytest.mark.parametrize("topic", ["Alerts", "Chat"])
def test_only_notify_and_services_tell_people(guard: StackTemplate, topic: str) -> None:
    # Given the policy of a topic that people, or their chat, get messages from
    (policy,) = (
        p for p in guard.of_type("AWS::SNS::TopicPolicy").values() if p["Topics"][0]["Ref"].startswith(topic)
    )
    # When an IAM principal publishes, then it is denied but for `notify`: nobody else can look like us
    (denied,) = (s for s in policy["PolicyDocument"]["Statement"] if s["Sid"] == "OnlyTheGuardPublishes")
    assert (denied["Effect"], denied["Principal"]) == ("Deny", {"AWS": "*"})
    assert denied["Action"] == "sns:Publish"
    allowed = {text(role) for role in listed(denied["Condition"]["ArnNotEquals"]["aws:PrincipalArn"])}
    # and, for alerts, the role with which rules tell people of changes of the guard
    rules = {name for name in guard.of_type("AWS::IAM::Role") if name.startswith(f"{topic}Rules")}
    assert allowed == {f"${{{name}.Arn}}" for name in (guard.role_of("Notify"), *rules)}
    assert denied["Condition"]["Null"] == {"aws:PrincipalArn": "false"}
    assert denied["Condition"]["BoolIfExists"] == {"aws:PrincipalIsAWSService": "false"}


def test_nobody_but_services_and_operators_sends_what_functions_act_on(
    guard: StackTemplate, plain: StackTemplate
) -> None:
    for stack in (guard, plain):
        # Given the queues that functions read, and those from which messages are returned to them
        every = stack.of_type("AWS::SQS::Queue")
        queues = {name for name in every if not name.startswith("SweepingDeadLetters")}
        (tasks,) = (name for name in every if name.startswith("SweepingTasksQueue"))
        denied = {
            policy["Queues"][0]["Ref"]: statement
            for policy in stack.of_type("AWS::SQS::QueuePolicy").values()
            for statement in policy["PolicyDocument"]["Statement"]
            if statement.get("Sid") == "OnlyServicesAndOperatorsSend"
        }
        # When an IAM principal sends to one of them, then it is denied
        assert set(denied) == queues
        channels = [c for c in ChannelName if channel_queue(stack, c)]
        assert len(queues) == 11 + 2 * len(channels)
        (looks,) = (name for name in second_looks(stack) if "DeadLetters" not in name)
        functions = {looks: "Detect", contain_queue(stack): "Sweep", tasks: "Sweep"}
        functions |= {channel_queue(stack, c): "Sweep" for c in channels if c.is_for_people}
        for queue, statement in denied.items():
            assert (statement["Effect"], statement["Principal"]) == ("Deny", {"AWS": "*"})
            assert statement["Action"] == "sqs:SendMessage"
            assert text(statement["Resource"]) == f"${{{queue}.Arn}}"
            # but for the operator role, for services, for `detect` where events wait for it, and for `sweep`
            # where findings that were put off wait for `contain`, and where digests wait for `notify`
            assert set(statement["Condition"]) == {"ArnNotEquals", "Null", "BoolIfExists"}
            allowed = {
                text(arn) for arn in listed(statement["Condition"]["ArnNotEquals"]["aws:PrincipalArn"])
            }
            parts = {"Operator", functions.get(queue, "Operator")}
            assert allowed == {f"${{{stack.role_of(part)}.Arn}}" for part in parts}
            assert statement["Condition"]["Null"] == {"aws:PrincipalArn": "false"}
            assert statement["Condition"]["BoolIfExists"] == {"aws:PrincipalIsAWSService": "false"}


def test_nobody_takes_work_away_before_the_function_that_is_for_it(stacks: list[StackTemplate]) -> None:
    for stack in stacks:
        # Given the queues that functions read
        readers = {
            mapping["EventSourceArn"]["Fn::GetAtt"][0]: mapping["FunctionName"]["Ref"]
            for mapping in stack.of_type("AWS::Lambda::EventSourceMapping").values()
        }
        denied = {
            policy["Queues"][0]["Ref"]: statement
            for policy in stack.of_type("AWS::SQS::QueuePolicy").values()
            for statement in policy["PolicyDocument"]["Statement"]
            if statement.get("Sid") == "OnlyItsFunctionTakes"
        }
        assert set(denied) == set(readers)
        for queue, statement in denied.items():
            # When an IAM principal receives, hides or deletes a message, then it is denied
            assert (statement["Effect"], statement["Principal"]) == ("Deny", {"AWS": "*"})
            taking = {"sqs:ChangeMessageVisibility", "sqs:DeleteMessage", "sqs:ReceiveMessage"}
            assert set(statement["Action"]) == taking
            assert text(statement["Resource"]) == f"${{{queue}.Arn}}"
            # but to the role of that function
            role = stack.of_type("AWS::Lambda::Function")[readers[queue]]["Role"]
            assert statement["Condition"]["ArnNotEquals"]["aws:PrincipalArn"] == role
            assert statement["Condition"]["Null"] == {"aws:PrincipalArn": "false"}
            assert statement["Condition"]["BoolIfExists"] == {"aws:PrincipalIsAWSService": "false"}


def test_contain_is_told_of_new_findings_to_quarantine_only(guard: StackTemplate) -> None:
    filters = {
        subscription["Endpoint"]["Fn::GetAtt"][0]: subscription.get("FilterPolicy")
        for subscription in guard.of_type("AWS::SNS::Subscription").values()
        if subscription["Protocol"] == "sqs"
    }
    (contain,) = (policy for queue, policy in filters.items() if queue.startswith("Quarantine"))
    assert contain == {
        "response": ["quarantine"],
        "news": ["opened", "reopened", "exemption_ended", "approved", "undone"],
    }


def test_subscriptions_deliver_the_pointer_itself_and_lose_none(guard: StackTemplate) -> None:
    for subscription in guard.of_type("AWS::SNS::Subscription").values():
        if subscription["Protocol"] == "sqs":
            assert subscription["RawMessageDelivery"] is True
            dead = subscription["RedrivePolicy"]["deadLetterTargetArn"]["Fn::GetAtt"][0]
            assert dead in dead_letter_queues(guard)


def test_each_address_is_subscribed_to_the_alerts(guard: StackTemplate, plain: StackTemplate) -> None:
    emails = {
        s["Endpoint"]: s["TopicArn"]["Ref"]
        for s in guard.of_type("AWS::SNS::Subscription").values()
        if s["Protocol"] == "email"
    }
    assert set(emails) == {"one@example.com", "two@example.com"}
    assert all(topic.startswith("Alerts") for topic in emails.values())
    assert all(s["Protocol"] == "sqs" for s in plain.of_type("AWS::SNS::Subscription").values())


def _refusing(stack: StackTemplate, kind: str, named: str) -> set[str]:
    return {
        target["Ref"]
        for policy in stack.of_type(kind).values()
        for target in policy[named]
        if any(
            s["Effect"] == "Deny" and s.get("Condition") == {"Bool": {"aws:SecureTransport": "false"}}
            for s in policy["PolicyDocument"]["Statement"]
        )
    }
