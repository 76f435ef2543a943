import JSON
import Protobuf
import Recurrence
import TaskModel

/// A message's fields under the names that its `.proto` file has, as the script in Python gives them.
func protoFields(_ message: Any) -> JSONValue {
  var members: [String: JSONValue] = [:]
  for child in Mirror(reflecting: message).children {
    guard let label = child.label else { continue }
    members[protoName(label)] = protoValue(child.value)
  }
  return .object(members.sorted { $0.key < $1.key }.map { JSONValue.Member($0.key, $0.value) })
}

private func protoName(_ property: String) -> String {
  if property == "isLast" { return "last" }
  var name = ""
  for character in property.replacing("ID", with: "Id") {
    if character.isUppercase { name += "_" }
    name += character.lowercased()
  }
  return name
}

private func protoValue(_ value: Any) -> JSONValue {
  switch value {
  case let text as String: return .string(text)
  case let number as Int: return .int(number)
  case let flag as Bool: return .bool(flag)
  // An empty array of anything would pass a cast alone.
  case let bytes as [UInt8] where type(of: value) == [UInt8].self: return .string(hexadecimal(bytes))
  case let time as WallTime: return .string(time.description)
  case let instant as Instant: return .string(instant.description)
  default: break
  }
  let mirror = Mirror(reflecting: value)
  switch mirror.displayStyle {
  case .optional: return mirror.children.first.map { protoValue($0.value) } ?? .null
  case .collection: return .array(mirror.children.map { protoValue($0.value) })
  case .enum: return .string(protoName("\(value)").uppercased())
  default: return protoFields(value)
  }
}

func hexadecimal(_ bytes: [UInt8]) -> String {
  bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
}

func octets(hexadecimal text: String) -> [UInt8] {
  let digits = text.utf8.compactMap { Unicode.Scalar($0).properties.numericType == nil ? UInt8($0 - 87) : $0 - 48 }
  return stride(from: 0, to: digits.count - digits.count % 2, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
}
