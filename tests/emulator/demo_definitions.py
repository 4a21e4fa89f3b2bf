"""The Amazon States Language definitions of the demo account's state machines.

`{account}` and `{region}` are filled in by the seed. Both emulators must accept every definition.
"""

import planted

FUNCTION = "arn:aws:lambda:{region}:{account}:function:"
RETRY = [
    {"ErrorEquals": ["Lambda.TooManyRequestsException"], "IntervalSeconds": 2, "MaxAttempts": 4, "BackoffRate": 2.0}
]


def invoke(function, payload=None, **fields):
    """A Lambda task in the optimized form; a payload of None hands the whole state input on."""
    parameters = {"FunctionName": FUNCTION + function, **({"Payload": payload} if payload else {"Payload.$": "$"})}
    return {
        "Type": "Task",
        "Resource": "arn:aws:states:::lambda:invoke",
        "Parameters": parameters,
        "OutputPath": "$.Payload",
        "TimeoutSeconds": 60,
        "Retry": RETRY,
        **fields,
    }


PAYMENTS_CAPTURE = {
    "Comment": "Authorizes a card payment and captures it",
    "StartAt": "Authorize",
    "TimeoutSeconds": 900,
    "States": {
        "Authorize": invoke("payments-authorize:live", Next="Authorized?"),
        "Authorized?": {
            "Type": "Choice",
            "Choices": [{"Variable": "$.status", "StringEquals": "AUTHORIZED", "Next": "Capture"}],
            "Default": "Declined",
        },
        "Capture": invoke(
            "payments-capture:live",
            Catch=[{"ErrorEquals": ["States.ALL"], "ResultPath": "$.error", "Next": "Declined"}],
            End=True,
        ),
        "Declined": {"Type": "Fail", "Error": "PaymentDeclined"},
    },
}

# The callback task can wait for a year: no TimeoutSeconds, no HeartbeatSeconds, and none on the machine.
ORDERS_FULFILMENT = {
    "Comment": "Reserves stock, waits for the warehouse and tells the customer",
    "StartAt": "ReserveStock",
    "States": {
        "ReserveStock": {
            "Type": "Task",
            "Resource": "arn:aws:states:::dynamodb:updateItem",
            "Parameters": {
                "TableName": "stock",
                "Key": {"sku": {"S.$": "$.order.sku"}},
                "UpdateExpression": "SET reserved = reserved + :one",
                "ExpressionAttributeValues": {":one": {"N": "1"}},
            },
            "ResultPath": None,
            "TimeoutSeconds": 30,
            "Next": "WaitForWarehouse",
        },
        "WaitForWarehouse": {
            "Type": "Task",
            "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken",
            "Parameters": {
                "QueueUrl": "https://sqs.{region}.amazonaws.com/{account}/warehouse-picks",
                "MessageBody": {"order.$": "$.order", "token.$": "$$.Task.Token"},
            },
            "Next": "TellCustomer",
        },
        "TellCustomer": {
            "Type": "Task",
            "Resource": "arn:aws:states:::sns:publish",
            "Parameters": {"TopicArn": "arn:aws:sns:{region}:{account}:order-updates", "Message.$": "$.summary"},
            "TimeoutSeconds": 30,
            "End": True,
        },
    },
}

# The same pattern as in ORDERS_FULFILMENT, done right.
RETURNS_APPROVAL = {
    "Comment": "Asks a clerk to approve a return",
    "StartAt": "AskClerk",
    "TimeoutSeconds": 604800,
    "States": {
        "AskClerk": {
            "Type": "Task",
            "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken",
            "Parameters": {
                "QueueUrl": "https://sqs.{region}.amazonaws.com/{account}/returns-inbox",
                "MessageBody": {"return_id.$": "$.return_id", "token.$": "$$.Task.Token"},
            },
            "TimeoutSeconds": 259200,
            "HeartbeatSeconds": 86400,
            "End": True,
        },
    },
}

INVOICE_RENDER = {
    "Comment": "Renders an invoice and stores the document",
    "StartAt": "Render",
    "TimeoutSeconds": 120,
    "States": {
        "Render": invoke("invoice-render", Next="Store"),
        "Store": {
            "Type": "Task",
            "Resource": "arn:aws:states:::aws-sdk:s3:putObject",
            "Parameters": {"Bucket": "acme-invoices-{account}", "Key.$": "$.key", "Body.$": "$.document"},
            "TimeoutSeconds": 30,
            "End": True,
        },
    },
}

CUSTOMER_EXPORT = {
    "Comment": "Exports all customers to the data lake",
    "StartAt": "ExportEach",
    "TimeoutSeconds": 14400,
    "States": {
        "ExportEach": {
            "Type": "Map",
            "Label": "ExportEach",
            "MaxConcurrency": 50,
            "ItemReader": {
                "Resource": "arn:aws:states:::s3:getObject",
                "ReaderConfig": {"InputType": "JSON"},
                "Parameters": {"Bucket": "acme-crm-{account}", "Key": "customers.json"},
            },
            "ItemProcessor": {
                "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
                "StartAt": "ExportOne",
                "States": {"ExportOne": invoke("customer-export", End=True)},
            },
            "ResultWriter": {
                "Resource": "arn:aws:states:::s3:putObject",
                "Parameters": {"Bucket": "acme-lake-{account}", "Prefix": "customer-export"},
            },
            "End": True,
        },
    },
}

LEGACY_IMPORT = {
    "Comment": "Imports the files of the old ERP; nobody owns it any more",
    "StartAt": "EachFile",
    "States": {
        "EachFile": {
            "Type": "Map",
            "ItemsPath": "$.files",
            "Iterator": {
                "StartAt": "ImportFile",
                "States": {"ImportFile": {"Type": "Task", "Resource": FUNCTION + "legacy-import", "End": True}},
            },
            "ResultPath": None,
            "Next": "Exported?",
        },
        # Nothing in the loop asks whether the export has ended, and nothing ends the execution.
        "Exported?": {
            "Type": "Choice",
            "Choices": [
                {
                    "And": [
                        {"Variable": "$.export", "IsPresent": True},
                        {"Variable": "$.export", "StringEquals": "RUNNING"},
                    ],
                    "Next": "WaitForExport",
                }
            ],
            "Default": "Imported",
        },
        "WaitForExport": {"Type": "Wait", "Seconds": 5, "Next": "Exported?"},
        "Imported": {"Type": "Succeed"},
    },
}

# Two secrets in clear, in the places where people leave them: a Lambda payload and a container's environment.
PARTNER_SYNC = {
    "Comment": "Pulls partner catalogues and loads them into the ledger",
    "StartAt": "PullCatalogue",
    "TimeoutSeconds": 3600,
    "States": {
        "PullCatalogue": invoke(
            "partner-pull",
            {"repository": "partners/catalogue", "token": planted.GITHUB_TOKEN, "secretName": "prod/partners/feed"},
            Next="LoadLedger",
        ),
        "LoadLedger": {
            "Type": "Task",
            "Resource": "arn:aws:states:::ecs:runTask.sync",
            "Parameters": {
                "LaunchType": "FARGATE",
                "Cluster": "arn:aws:ecs:{region}:{account}:cluster/batch",
                "TaskDefinition": "arn:aws:ecs:{region}:{account}:task-definition/ledger-load:7",
                "Overrides": {
                    "ContainerOverrides": [
                        {"Name": "load", "Environment": [{"Name": "DATABASE_URL", "Value": planted.POSTGRES_URI}]}
                    ]
                },
            },
            "TimeoutSeconds": 1800,
            "End": True,
        },
    },
}

RETENTION_SWEEP = {
    "Comment": "Deletes documents past their retention date",
    "StartAt": "ReadArchiveKey",
    "TimeoutSeconds": 7200,
    "States": {
        # The secret stays in the state, and so in the history.
        "ReadArchiveKey": {
            "Type": "Task",
            "Resource": "arn:aws:states:::aws-sdk:secretsmanager:getSecretValue",
            "Parameters": {"SecretId": "prod/archive"},
            "ResultPath": "$.archive",
            "TimeoutSeconds": 30,
            "Next": "Sweep",
        },
        "Sweep": invoke("retention-sweep", Next="KeepList"),
        "KeepList": {
            "Type": "Task",
            "Resource": "arn:aws:states:::dynamodb:putItem",
            "Parameters": {
                "TableName": "retention-sweeps",
                "Item": {"id": {"S.$": "$.id"}, "documents": {"S.$": "$.documents"}},
            },
            "TimeoutSeconds": 30,
            "End": True,
        },
    },
}

MONTHLY_CLOSE = {
    "Comment": "Runs the open captures of the month, then closes the books",
    "StartAt": "CaptureRest",
    "TimeoutSeconds": 21600,
    "States": {
        "CaptureRest": {
            "Type": "Task",
            "Resource": "arn:aws:states:::states:startExecution.sync:2",
            "Parameters": {
                "StateMachineArn": "arn:aws:states:{region}:{account}:stateMachine:payments-capture",
                "Input": {"AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID.$": "$$.Execution.Id", "batch.$": "$.batch"},
            },
            "TimeoutSeconds": 10800,
            "Next": "Close",
        },
        "Close": invoke("books-close", End=True),
    },
}

CLICKSTREAM_ENRICH = {
    "Comment": "Adds the campaign to a click",
    "QueryLanguage": "JSONata",
    "StartAt": "Enrich",
    "TimeoutSeconds": 60,
    "States": {
        "Enrich": {
            "Type": "Task",
            "Resource": "arn:aws:states:::lambda:invoke",
            "Arguments": {"FunctionName": FUNCTION + "clickstream-enrich", "Payload": "{% $states.input %}"},
            "Output": "{% $states.result.Payload %}",
            "TimeoutSeconds": 20,
            "Retry": RETRY,
            "End": True,
        },
    },
}

# What was published first, with a token that the current definition has lost.
CLICKSTREAM_ENRICH_FIRST = {**CLICKSTREAM_ENRICH, "Comment": f"Adds the campaign to a click; token {planted.OLD_TOKEN}"}

# These two start one another for as long as the other catalogue has pages.
CATALOGUE_CRAWL = {
    "Comment": "Fetches one page of the supplier's catalogue",
    "StartAt": "IndexPage",
    "TimeoutSeconds": 900,
    "States": {
        "IndexPage": {
            "Type": "Task",
            "Resource": "arn:aws:states:::states:startExecution",
            "Parameters": {
                "StateMachineArn": "arn:aws:states:{region}:{account}:stateMachine:catalogue-index",
                "Input.$": "$",
            },
            "TimeoutSeconds": 60,
            "End": True,
        },
    },
}
CATALOGUE_INDEX = {
    "Comment": "Indexes a page and asks for the next",
    "StartAt": "More?",
    "TimeoutSeconds": 900,
    "States": {
        "More?": {
            "Type": "Choice",
            "Choices": [{"Variable": "$.next_page", "IsPresent": True, "Next": "CrawlNext"}],
            "Default": "Done",
        },
        "CrawlNext": {
            "Type": "Task",
            "Resource": "arn:aws:states:::aws-sdk:sfn:startExecution",
            "Parameters": {
                "StateMachineArn": "arn:aws:states:{region}:{account}:stateMachine:catalogue-crawl",
                "Input": {"page.$": "$.next_page"},
            },
            "TimeoutSeconds": 60,
            "End": True,
        },
        "Done": {"Type": "Succeed"},
    },
}
# A rule on its own success starts it again.
STOCK_REFRESH = {
    "Comment": "Waits an hour between two counts",
    "StartAt": "Pause",
    "TimeoutSeconds": 7200,
    "States": {"Pause": {"Type": "Wait", "Seconds": 3600, "End": True}},
}

# The mail provider's account is reached with a role there.
MAIL_ROLE = "arn:aws:iam::999988887777:role/erase-mail"
GDPR_ERASURE = {
    "Comment": "Erases a data subject's records",
    "StartAt": "Erase",
    "TimeoutSeconds": 3600,
    "States": {
        "Erase": {
            "Type": "Parallel",
            "Branches": [
                {
                    "StartAt": "EraseCrm",
                    "States": {"EraseCrm": invoke("erase-crm", {"email.$": "$.subject.email"}, End=True)},
                },
                {
                    "StartAt": "EraseMail",
                    "States": {
                        "EraseMail": {
                            "Type": "Task",
                            "Resource": "arn:aws:states:::lambda:invoke",
                            "Credentials": {"RoleArn": MAIL_ROLE},
                            "Parameters": {"FunctionName": "erase-mail", "Payload.$": "$"},
                            "OutputPath": "$.Payload",
                            "TimeoutSeconds": 60,
                            "Retry": RETRY,
                            "End": True,
                        }
                    },
                },
            ],
            "End": True,
        },
    },
}

WAREHOUSE_STOCKTAKE = {
    "Comment": "Has every shelf of every aisle counted by hand",
    "StartAt": "EachAisle",
    "TimeoutSeconds": 172800,
    "States": {
        "EachAisle": {
            "Type": "Map",
            "ItemsPath": "$.aisles",
            "MaxConcurrency": 4,
            "ItemProcessor": {
                "ProcessorConfig": {"Mode": "INLINE"},
                "StartAt": "EachShelf",
                "States": {
                    "EachShelf": {
                        "Type": "Map",
                        "ItemsPath": "$.shelves",
                        "ItemProcessor": {
                            "StartAt": "CountShelf",
                            "States": {
                                "CountShelf": {
                                    "Type": "Task",
                                    "Resource": "arn:aws:states:{region}:{account}:activity:warehouse-count",
                                    "TimeoutSeconds": 28800,
                                    "HeartbeatSeconds": 3600,
                                    "End": True,
                                }
                            },
                        },
                        "End": True,
                    }
                },
            },
            "End": True,
        },
    },
}
