using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Distillation.Keras.Engine.Tests.DatasetTests;

/// <summary>Serves bytes by path on 127.0.0.1, and remembers what was asked for.</summary>
internal sealed class LoopbackServer : IDisposable
{
    private readonly HttpListener _listener;
    private readonly Task _loop;

    public LoopbackServer()
    {
        // Another process may take a free port between the asking and the listening.
        for (int attempt = 0; ; attempt++)
        {
            int port = FreePort();
            _listener = new HttpListener();
            _listener.Prefixes.Add($"http://127.0.0.1:{port}/");
            Address = $"http://127.0.0.1:{port}/";
            try
            {
                _listener.Start();
                break;
            }
            catch (HttpListenerException) when (attempt < 10) { }
        }

        _loop = Task.Run(ServeAsync);
    }

    public string Address { get; }

    public ConcurrentDictionary<string, byte[]> Files { get; } = [];

    public ConcurrentQueue<string> Requests { get; } = [];

    /// <summary>Paths whose answer never ends.</summary>
    public ConcurrentDictionary<string, bool> Silent { get; } = [];

    /// <summary>Called when half of a silent path's answer is out, and nothing more will come.</summary>
    public Action OnSilence { get; set; } = () => { };

    /// <summary>An address at which nobody listens.</summary>
    public static string Nobody() => $"http://127.0.0.1:{FreePort()}/";

    public void Dispose()
    {
        _listener.Close();
        _loop.Wait(TimeSpan.FromSeconds(5));
    }

    private static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }

    private async Task ServeAsync()
    {
        while (_listener.IsListening)
        {
            try
            {
                HttpListenerContext context = await _listener.GetContextAsync();
                string path = context.Request.Url!.AbsolutePath;
                Requests.Enqueue(path);
                if (!Files.TryGetValue(path, out byte[]? content))
                {
                    context.Response.StatusCode = 404;
                    context.Response.Close();
                    continue;
                }

                context.Response.ContentLength64 = content.Length;
                if (Silent.ContainsKey(path))
                {
                    await context.Response.OutputStream.WriteAsync(content.AsMemory(0, content.Length / 2));
                    await context.Response.OutputStream.FlushAsync();
                    OnSilence();
                    continue;
                }

                await context.Response.OutputStream.WriteAsync(content);
                context.Response.Close();
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException or InvalidOperationException)
            {
                // The listener was closed, or the client left.
            }
        }
    }
}
