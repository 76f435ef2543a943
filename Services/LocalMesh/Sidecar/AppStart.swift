import HTTP2Transport

/// What daprd asks an app once, when it opens its port.
enum AppStart {
  /// How often a closed port is tried again.
  private static let pause = Duration.milliseconds(100)

  /// Waits for the app and asks `GET /dapr/config`; false when cancelled.
  static func ask(_ channel: AppChannel) async -> Bool {
    let headers: HTTPHeaders = ["content-type": "application/json", "dapr-app-id": channel.app]
    while !Task.isCancelled {
      // Any answer will do: without actors it is 404.
      if (try? await channel.send(HTTPRequest(.get, "/dapr/config", headers: headers))) != nil { return true }
      guard (try? await Task.sleep(for: pause)) != nil else { return false }
    }
    return false
  }
}
