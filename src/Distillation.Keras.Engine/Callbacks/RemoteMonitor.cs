using System.Net.Http.Headers;
using System.Text.Json.Nodes;

namespace Distillation.Keras.Callbacks;

/// <summary>Sends every epoch's values to a server, by HTTP: a POST of <c>{"epoch": 0, "loss": 0.3, ...}</c>.</summary>
/// <remarks>
/// The fit waits for the answer, ten seconds at most, and does not look at it. Where the server cannot be reached, that is written to the
/// console's error output, and training goes on. A value that is no finite number is written as Python's JSON does: <c>NaN</c>,
/// <c>Infinity</c>. Not thread-safe. Source: <c>keras/src/callbacks/remote_monitor.py</c>.
/// </remarks>
public sealed class RemoteMonitor : Callback
{
    private static readonly HttpClient Client = new() { Timeout = TimeSpan.FromSeconds(10) };

    private readonly Uri _address;

    /// <inheritdoc cref="RemoteMonitor" path="/summary"/>
    /// <param name="root">The server's address.</param>
    /// <param name="path">What is behind it.</param>
    /// <param name="field">The name of the form's field that holds the JSON, where it is sent as a form.</param>
    /// <param name="headers">Headers of the request by their names; <see langword="null"/>: none beside the usual ones.</param>
    /// <param name="send_as_json">Whether the JSON is the body itself, and not a field of a form.</param>
    /// <exception cref="ArgumentException">The two are no address of <c>http</c> or <c>https</c>, or a header is none.</exception>
    public RemoteMonitor(
        string root = "http://localhost:9000",
        string path = "/publish/epoch/end/",
        string field = "data",
        IReadOnlyDictionary<string, string>? headers = null,
        bool send_as_json = false
    )
    {
        ArgumentNullException.ThrowIfNull(root);
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(field);
        _address =
            Uri.TryCreate(root + path, UriKind.Absolute, out Uri? address) && address.Scheme is "http" or "https"
                ? address
                : throw new ArgumentException($"root and path are an address of http or https, but found '{root + path}'.", nameof(root));
        Root = root;
        Path = path;
        Field = field;
        Headers = new Dictionary<string, string>(headers ?? new Dictionary<string, string>(), StringComparer.OrdinalIgnoreCase);
        SendAsJson = send_as_json;
        using HttpRequestMessage trial = Request("{}", Headers);
    }

    /// <summary>The server's address.</summary>
    public string Root { get; }

    /// <summary>What is behind it.</summary>
    public string Path { get; }

    /// <summary>The name of the form's field.</summary>
    public string Field { get; }

    /// <summary>Headers of the request.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; }

    /// <summary>Whether the JSON is the body itself.</summary>
    public bool SendAsJson { get; }

    /// <inheritdoc/>
    public override void OnEpochEnd(int epoch, Logs logs)
    {
        ArgumentNullException.ThrowIfNull(logs);
        string json = $"{{{string.Join(", ", logs.Select(Pair).Prepend(Invariant($"\"epoch\": {epoch}")))}}}";
        using HttpRequestMessage request = Request(json, Headers);
        try
        {
            using HttpResponseMessage answer = Client.Send(request);
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
        {
            Console.Error.WriteLine($"RemoteMonitor: the server at {Root} could not be reached: {e.Message}");
        }
    }

    private static string Pair(KeyValuePair<string, double> log) =>
        $"{JsonValue.Create(log.Key)!.ToJsonString()}: "
        + (
            double.IsFinite(log.Value) ? PythonNumber.Repr(log.Value)
            : double.IsNaN(log.Value) ? "NaN"
            : log.Value > 0 ? "Infinity"
            : "-Infinity"
        );

    private HttpRequestMessage Request(string json, IReadOnlyDictionary<string, string> headers)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, _address)
        {
            Content = SendAsJson
                ? new StringContent(json, new MediaTypeHeaderValue("application/json"))
                : new FormUrlEncodedContent([KeyValuePair.Create(Field, json)]),
        };
        foreach ((string name, string value) in headers)
        {
            try
            {
                if (!request.Headers.TryAddWithoutValidation(name, value))
                {
                    // A header of the content, such as its type, takes the place of the usual one.
                    request.Content.Headers.Remove(name);
                    request.Content.Headers.Add(name, value);
                }
            }
            catch (Exception e) when (e is FormatException or ArgumentException or InvalidOperationException)
            {
                request.Dispose();
                throw new ArgumentException($"'{name}: {value}' is no header of a request: {e.Message}", nameof(headers), e);
            }
        }

        return request;
    }
}
