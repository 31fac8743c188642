internal import FetchWire

/// One item on its way, with all that was tried for it.
final class FetchTask {
    let index: Int
    let item: FetchItem
    private let locations: [FetchURL?]
    /// The place in `item.urls` that is tried now.
    private(set) var urlIndex = 0
    /// Failures for passing reasons of the current URL.
    private(set) var attempts = 0
    /// The failure that is reported when no URL is left.
    private(set) var failure: FetchFailure?
    /// The most bytes that were ever in place: more of them mean that trying again helps.
    private var highWater = 0
    /// A Boolean value indicating whether the whole file was requested from the current URL after two parts did not
    /// fit.
    var wasFetchedWhole = false
    /// True if what is in the part file came in more than one piece.
    var isPieced = false
    /// Not before this time, in seconds of the monotonic clock.
    var earliest = 0.0
    /// Held, with its lock, during an attempt: of all tasks together they may be more than the process may open.
    var part: PartFile?
    /// Bytes that earlier attempts have left.
    private var keptBytes = 0
    /// The address from which the file in the cache came in this run.
    var placedFrom: String?
    /// Bytes in place once it is done.
    var finalBytes: Int?

    /// The maximum pause; longer ones would only delay the build.
    private static let longestPause = 60.0
    /// As much progress as makes a broken connection no failure of the attempt.
    private static let progress = 1 << 20

    init(index: Int, item: FetchItem) {
        self.index = index
        self.item = item
        locations = item.urls.map { FetchURL($0) }
    }

    /// The URL to try now, or nil when none is left.
    var url: String? {
        urlIndex < item.urls.count ? item.urls[urlIndex] : nil
    }

    /// The same in its parts; nil when it is no URL.
    var location: FetchURL? {
        urlIndex < locations.count ? locations[urlIndex] : nil
    }

    /// Bytes to show.
    var bytes: Int { finalBytes ?? part?.size ?? keptBytes }

    /// Closes the part file until the next attempt.
    func dropPart() {
        keptBytes = part?.size ?? keptBytes
        part?.removeIfEmpty()
        part = nil
    }

    /// Takes note of a failure and says whether there is something left to try.
    func note(_ failure: FetchFailure, plan: FetchPlan, retryAfter: Int, now: Double) -> Bool {
        if self.failure?.isMismatch != true || failure.isMismatch { self.failure = failure }
        switch failure.remedy {
        case .none:
            return false
        case .retry:
            if let part, part.size >= highWater + Self.progress {
                highWater = part.size
                attempts = 0
            }
            if attempts < plan.retries {
                let pause = Double(plan.pauseMilliseconds << min(attempts, 8)) / 1000
                earliest = now + min(max(pause, Double(retryAfter)), Self.longestPause)
                attempts += 1
                return true
            }
        case .otherURL:
            break
        }
        urlIndex += 1
        attempts = 0
        wasFetchedWhole = false
        earliest = 0
        return urlIndex < item.urls.count
    }
}
