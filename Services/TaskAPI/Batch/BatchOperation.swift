import HTTP2Transport
import JSON
import TaskModel
import Tokens

/// One operation of `POST /tasks/batch`.
struct BatchOperation: Sendable {
  let change: TaskChange
  /// nil for a create.
  let id: String?
  /// Of its result when all is well.
  let status: Int

  /// Reads the object at `range` of a body that is JSON.
  static func read(
    _ body: [UInt8], _ range: Range<Int>, pointer: String, rules: TaskRules
  ) throws(Problem) -> BatchOperation {
    let members: Members
    do throws(JSONError) { members = try Members(body, range) } catch {
      throw Self.invalid(pointer, "An object with op is expected.")
    }
    if let unknown = members.unknown { throw Self.invalid("\(pointer)/\(unknown)", "An operation has no such field.") }
    do throws(TaskInputError) {
      switch members.op {
      case "create":
        let task = try members.required(members.task, "task")
        try members.refuse(members.patch, "patch")
        return BatchOperation(
          change: .create(try TaskDraft(json: body.span.extracting(task), rules: rules)), id: nil, status: 201)
      case "update":
        let patch = try members.required(members.patch, "patch")
        try members.refuse(members.task, "task")
        return BatchOperation(
          change: .patch(try TaskPatch(json: body.span.extracting(patch), rules: rules), ifMatch: members.ifMatch),
          id: try members.taskID(), status: 200)
      case "complete": return BatchOperation(change: .complete, id: try members.taskID(), status: 200)
      case "reopen": return BatchOperation(change: .reopen, id: try members.taskID(), status: 200)
      case "delete": return BatchOperation(change: .delete, id: try members.taskID(), status: 204)
      case "restore": return BatchOperation(change: .restore, id: try members.taskID(), status: 200)
      default:
        throw .invalid([
          TaskFault("/op", "One of create, update, complete, reopen, delete and restore is expected.")
        ])
      }
    } catch {
      var problem = Problem(error)
      problem.errors = problem.errors.map { .init(pointer: pointer + members.prefix($0.pointer), detail: $0.detail) }
      throw problem
    }
  }

  private static func invalid(_ pointer: String, _ detail: String) -> Problem {
    Problem(422, "Fields are against their rules.", errors: [.init(pointer: pointer, detail: detail)])
  }
}

/// The members of an operation, the task or patch by its place.
private struct Members {
  var op = ""
  var id: JSONValue?
  var ifMatch: String?
  var task: Range<Int>?
  var patch: Range<Int>?
  var unknown: String?

  init(_ body: [UInt8], _ range: Range<Int>) throws(JSONError) {
    var reader = try JSONReader(body.span.extracting(range), uniqueMembers: false)
    try reader.beginObject()
    while let name = try reader.nextMember() {
      switch name {
      case "op": op = try JSONValue(from: &reader).string ?? ""
      case "id": id = try JSONValue(from: &reader)
      case "ifMatch":
        switch try JSONValue(from: &reader) {
        case .string(let text): ifMatch = text
        case .int(let version): ifMatch = EntityTag.text(version)
        case .null: break
        default: unknown = name
        }
      case "task": task = try Self.place(&reader, in: range)
      case "patch": patch = try Self.place(&reader, in: range)
      default:
        unknown = unknown ?? JSONPointer.token(name)
        try reader.skip()
      }
    }
  }

  private static func place(_ reader: inout JSONReader, in range: Range<Int>) throws(JSONError) -> Range<Int> {
    let inner = try reader.skippedRange()
    return range.lowerBound + inner.lowerBound..<range.lowerBound + inner.upperBound
  }

  func required(_ place: Range<Int>?, _ name: String) throws(TaskInputError) -> Range<Int> {
    guard let place else { throw .invalid([TaskFault("/\(name)", "This operation needs \(name).")]) }
    return place
  }

  func refuse(_ place: Range<Int>?, _ name: String) throws(TaskInputError) {
    if place != nil { throw .invalid([TaskFault("/\(name)", "This operation has no such field.")]) }
  }

  /// An id that is none is an unknown one, which the store will say.
  func taskID() throws(TaskInputError) -> String {
    guard let id = id?.string else { throw .invalid([TaskFault("/id", "The id of a task is expected.")]) }
    return UUID(id)?.description ?? ""
  }

  /// Faults of a task or patch are told by their place within it.
  func prefix(_ pointer: String) -> String {
    switch pointer {
    case "/op", "/id", "/task", "/patch": pointer
    default: (op == "create" ? "/task" : "/patch") + pointer
    }
  }
}
