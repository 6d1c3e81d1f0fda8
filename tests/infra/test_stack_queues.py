"""Queues: encrypted, TLS only, watched, and none without a place for what cannot be handled."""

import pytest

from tests.infra.stack_template import Properties, StackTemplate, text


def dead_letter_queues(stack: StackTemplate) -> set[str]:
    """Queues that something sends its failures to."""
    found = {
        queue["RedrivePolicy"]["deadLetterTargetArn"]["Fn::GetAtt"][0]
        for queue in stack.of_type("AWS::SQS::Queue").values()
        if "RedrivePolicy" in queue
    }
    for rule in stack.of_type("AWS::Events::Rule").values():
        found |= {target["DeadLetterConfig"]["Arn"]["Fn::GetAtt"][0] for target in rule["Targets"]}
    return found


def alarms_on(stack: StackTemplate, metric: str) -> dict[str, Properties]:
    """Watched resource -> the alarm on that metric of it."""
    return {
        alarm["Dimensions"][0]["Value"].get("Fn::GetAtt", [alarm["Dimensions"][0]["Value"].get("Ref")])[
            0
        ]: alarm
        for alarm in stack.of_type("AWS::CloudWatch::Alarm").values()
        if alarm["MetricName"] == metric
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
    assert len(work) == 3


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
    ("part", "batch", "receives"), [("Detect", 10, 5), ("Contain", 1, 5), ("Notify", 5, 10)]
)
def test_functions_read_their_queues_with_partial_failures(
    guard: StackTemplate, part: str, batch: int, receives: int
) -> None:
    (mapping,) = (
        m
        for m in guard.of_type("AWS::Lambda::EventSourceMapping").values()
        if part in m["FunctionName"]["Ref"]
    )
    assert mapping["BatchSize"] == batch
    assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    queue = guard.of_type("AWS::SQS::Queue")[mapping["EventSourceArn"]["Fn::GetAtt"][0]]
    assert queue["RedrivePolicy"]["maxReceiveCount"] == receives


def test_contain_knows_which_attempt_is_its_last(guard: StackTemplate) -> None:
    (queue,) = (
        queue
        for name, queue in guard.of_type("AWS::SQS::Queue").items()
        if name.startswith("Quarantine") and "RedrivePolicy" in queue
    )
    variables = guard.function_of("Contain")["Environment"]["Variables"]
    assert variables["MAX_RECEIVES"] == str(queue["RedrivePolicy"]["maxReceiveCount"])


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


def test_nobody_but_services_and_operators_sends_what_functions_act_on(
    guard: StackTemplate, plain: StackTemplate
) -> None:
    for stack in (guard, plain):
        # Given the queues that functions read, and those from which messages are returned to them
        queues = {name for name in stack.of_type("AWS::SQS::Queue") if not name.startswith("Sweeping")}
        denied = {
            policy["Queues"][0]["Ref"]: statement
            for policy in stack.of_type("AWS::SQS::QueuePolicy").values()
            for statement in policy["PolicyDocument"]["Statement"]
            if statement.get("Sid") == "OnlyServicesAndOperatorsSend"
        }
        # When an IAM principal sends to one of them, then it is denied
        assert set(denied) == queues
        assert len(queues) == 7
        for queue, statement in denied.items():
            assert (statement["Effect"], statement["Principal"]) == ("Deny", {"AWS": "*"})
            assert statement["Action"] == "sqs:SendMessage"
            assert text(statement["Resource"]) == f"${{{queue}.Arn}}"
            # but for the operator role and for services
            assert set(statement["Condition"]) == {"ArnNotEquals", "Null", "BoolIfExists"}
            operator = text(statement["Condition"]["ArnNotEquals"]["aws:PrincipalArn"])
            assert operator == f"${{{stack.role_of('Operator')}.Arn}}"
            assert statement["Condition"]["Null"] == {"aws:PrincipalArn": "false"}
            assert statement["Condition"]["BoolIfExists"] == {"aws:PrincipalIsAWSService": "false"}


def test_contain_is_told_of_new_findings_to_quarantine_only(guard: StackTemplate) -> None:
    filters = {
        subscription["Endpoint"]["Fn::GetAtt"][0]: subscription.get("FilterPolicy")
        for subscription in guard.of_type("AWS::SNS::Subscription").values()
        if subscription["Protocol"] == "sqs"
    }
    (contain,) = (policy for queue, policy in filters.items() if queue.startswith("Quarantine"))
    (notify,) = (policy for queue, policy in filters.items() if queue.startswith("Notification"))
    assert contain == {"response": ["quarantine"], "news": ["opened", "reopened"]}
    assert notify is None


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
