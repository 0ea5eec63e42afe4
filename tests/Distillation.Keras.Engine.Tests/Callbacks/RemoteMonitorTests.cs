using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Distillation.Keras.Callbacks;

namespace Distillation.Keras.Engine.Tests.Callbacks;

public sealed class RemoteMonitorTests
{
    // Accepts one request, and gives its text when it is whole.
    private static async Task<string> Answer(TcpListener server)
    {
        using TcpClient client = await server.AcceptTcpClientAsync();
        await using NetworkStream stream = client.GetStream();
        var text = new StringBuilder();
        byte[] buffer = new byte[4096];
        while (!IsWhole(text.ToString()))
        {
            int count = await stream.ReadAsync(buffer);
            if (count == 0)
            {
                break;
            }

            text.Append(Encoding.UTF8.GetString(buffer, 0, count));
        }

        await stream.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"u8.ToArray());
        return text.ToString();
    }

    private static bool IsWhole(string request)
    {
        string[] parts = request.Split("\r\n\r\n", 2);
        string? length = parts[0].Split("\r\n").FirstOrDefault(l => l.StartsWith("Content-Length: ", StringComparison.OrdinalIgnoreCase));
        return parts.Length == 2 && length is not null && parts[1].Length >= int.Parse(length[16..], CultureInfo.InvariantCulture);
    }

    private static Logs Values =>
        new([
            KeyValuePair.Create("loss", 0.25),
            KeyValuePair.Create("acc", double.NaN),
            KeyValuePair.Create("worst", double.NegativeInfinity),
        ]);

    [TestCase(true, "application/json", """{"epoch": 3, "loss": 0.25, "acc": NaN, "worst": -Infinity}""")]
    [TestCase(
        false,
        "application/x-www-form-urlencoded",
        "values=%7B%22epoch%22%3A+3%2C+%22loss%22%3A+0.25%2C+%22acc%22%3A+NaN%2C+%22worst%22%3A+-Infinity%7D"
    )]
    public async Task The_values_of_an_epoch_are_posted(bool asJson, string type, string body)
    {
        using var server = new TcpListener(IPAddress.Loopback, 0);
        server.Start();
        Task<string> request = Answer(server);
        var monitor = new RemoteMonitor(
            $"http://127.0.0.1:{((IPEndPoint)server.LocalEndpoint).Port}",
            "/here/",
            "values",
            new Dictionary<string, string> { ["X-Run"] = "7" },
            asJson
        );
        await Task.Run(() => monitor.OnEpochEnd(3, Values));
        string text = await request;
        Assert.That(
            text,
            Does.StartWith("POST /here/ HTTP/1.1\r\n")
                .And.Contain("X-Run: 7")
                .And.Contain($"Content-Type: {type}")
                .And.EndWith("\r\n\r\n" + body)
        );
    }

    [Test]
    public void A_server_that_is_not_there_does_not_end_the_training()
    {
        int port;
        using (var server = new TcpListener(IPAddress.Loopback, 0))
        {
            server.Start();
            port = ((IPEndPoint)server.LocalEndpoint).Port;
        }

        TextWriter before = Console.Error;
        using var text = new StringWriter();
        Console.SetError(text);
        try
        {
            new RemoteMonitor($"http://127.0.0.1:{port}").OnEpochEnd(0, Values);
        }
        finally
        {
            Console.SetError(before);
        }

        Assert.That(text.ToString(), Does.StartWith($"RemoteMonitor: the server at http://127.0.0.1:{port} could not be reached"));
    }

    [Test]
    public void What_is_no_address_and_no_header_is_refused()
    {
        Assert.That(() => new RemoteMonitor("localhost:9000"), Throws.ArgumentException.With.Property("ParamName").EqualTo("root"));
        Assert.That(
            () => new RemoteMonitor(headers: new Dictionary<string, string> { ["a b"] = "1" }),
            Throws.ArgumentException.With.Property("ParamName").EqualTo("headers")
        );
    }
}
