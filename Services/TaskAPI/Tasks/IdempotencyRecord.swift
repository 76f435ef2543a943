import JSON
import TaskModel

/// The first answer to a request with an `Idempotency-Key`.
struct IdempotencyRecord {
  let fingerprint: String
  let outcome: TaskWriter.Outcome

  init(fingerprint: String, outcome: TaskWriter.Outcome) {
    self.fingerprint = fingerprint
    self.outcome = outcome
  }

  init?(json: [UInt8], owner: String) {
    guard let value = try? JSONValue(parsing: json), let fingerprint = value["hash"]?.string,
      let status = value["status"]?.int, let task = value["task"],
      var item = try? TaskItem(json: task.bytes.span)
    else { return nil }
    item.owner = owner
    self.fingerprint = fingerprint
    outcome = TaskWriter.Outcome(status: status, task: item)
  }

  var json: [UInt8] {
    var writer = JSONWriter()
    writer.object {
      $0.key("hash")
      $0.string(fingerprint)
      $0.key("status")
      $0.int(outcome.status)
      $0.key("task")
      $0.raw(outcome.task.json)
    }
    return writer.bytes
  }
}
