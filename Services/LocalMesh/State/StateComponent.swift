/// A state component as one app sees it: its name, and how its keys are prefixed.
struct StateComponent: Sendable {
  let name: String
  let prefix: String?

  /// `keyPrefix` of the component: `appid` (default), `name`, `none`, `namespace` (here as `appid`), or any text.
  init(_ component: Component, app: String) throws {
    name = component.name
    let strategy = component.text("keyPrefix") ?? "appid"
    switch strategy {
    case "appid", "namespace": prefix = app
    case "name": prefix = component.name
    case "none": prefix = nil
    default:
      if strategy.contains("||") { throw component.fault("keyPrefix can't contain '||'") }
      prefix = strategy
    }
  }

  /// The key as it is stored.
  func stored(_ key: String) throws(SidecarError) -> String {
    let octets = key.utf8
    if zip(octets, octets.dropFirst()).contains(where: { $0 == UInt8(ascii: "|") && $1 == UInt8(ascii: "|") }) {
      throw SidecarError(
        400, "ERR_MALFORMED_REQUEST",
        "api error: code = InvalidArgument desc = input key/keyPrefix '\(key)' can't contain '||'",
        reason: "DAPR_STATE_ILLEGAL_KEY")
    }
    return prefix.map { "\($0)||\(key)" } ?? key
  }
}
