using System.IO.Compression;
using System.Text;

namespace Distillation.Keras.Engine.Tests.Files;

/// <summary>Models as <c>.keras</c> whose configuration asks for more than there is, or goes on for ever.</summary>
internal static class HostileModels
{
    private const string Weights = "model.weights.h5";
    private const string Huge = "2147483647";

    /// <summary>Configurations by what is wrong with them, each with a piece of what is said of it; an empty one where it loads.</summary>
    public static IEnumerable<(string Name, string Config, string Said)> Configs() =>
        InSequential().Select(c => c with { Config = Sequential(c.Config) }).Concat(OfCompiled()).Concat(Texts());

    private static IEnumerable<(string Name, string Config, string Said)> InSequential()
    {
        yield return ("dense", Layers(Layer("Dense", $"\"units\": {Huge}")), "kernel");
        yield return ("dense_64_bits", Layers(Layer("Dense", "\"units\": 9223372036854775807")), "units");
        yield return ("dense_1e300", Layers(Layer("Dense", "\"units\": 1e300")), "units");
        yield return ("dense_lora", Layers(Layer("Dense", $"\"units\": 4, \"lora_rank\": {Huge}")), "lora_kernel_a");
        yield return ("lstm", Input("null, 5, 3") + "," + Layer("LSTM", $"\"units\": {Huge}"), "units");
        yield return ("embedding", Layers(Layer("Embedding", $"\"input_dim\": {Huge}, \"output_dim\": {Huge}")), "Embedding");
        yield return ("filters", Input("null, 8, 8, 1") + "," + Layer("Conv2D", $"\"filters\": {Huge}, \"kernel_size\": [3, 3]"), "kernel");
        yield return (
            "kernel_size",
            Input("null, 8, 8, 1") + "," + Layer("Conv2D", $"\"filters\": 1, \"padding\": \"same\", \"kernel_size\": [{Huge}, {Huge}]"),
            "Conv2D"
        );
        yield return ("input", Input($"null, {Huge}, {Huge}, {Huge}") + "," + Layer("Flatten", ""), "axis");
        yield return ("input_then_dense", Input($"null, {Huge}") + "," + Layer("Dense", "\"units\": 64"), "kernel");
        yield return ("rank", Input("null, " + Repeated("1", 100_000)) + "," + Layer("Dense", "\"units\": 1"), "shape");
        yield return ("reshape", Layers(Layer("Reshape", $"\"target_shape\": [{Repeated(Huge, 9)}]")), "Reshape");
        yield return (
            "repeat",
            Layers(Layer("RepeatVector", $"\"n\": {Huge}"), Layer("Flatten", ""), Layer("Dense", "\"units\": 9")),
            "Flatten"
        );
        yield return ("mean", Layers(Layer("Normalization", $"\"mean\": [{Repeated("1.0", 900_000)}], \"variance\": 1.0")), "values");
        yield return ("names", Layers([.. Enumerable.Repeat(Layer("Dense", "\"units\": 1, \"name\": \"a\""), 2)]), "'a'");
        yield return ("layers", Layers([.. Enumerable.Range(0, 15_000).Select(i => Layer("ReLU", $"\"name\": \"a{i}\""))]), "");
        yield return ("nested", Nested(400), "depth");
        yield return ("time_distributed", Input("null, 2, 3") + "," + Wrapped("TimeDistributed", 400), "depth");
        yield return ("bidirectional", Input("null, 2, 3") + "," + Wrapped("Bidirectional", 40), "Bidirectional");
        yield return ("many_values", Layers(Layer("Dense", $"\"units\": [{Repeated("1", 3_000_000)}]")), "values");
        yield return ("long_name", Layers(Layer("Dense", $"\"units\": 1, \"name\": \"{new string('n', 1 << 24)}\"")), "nnn ... nnn");
    }

    private static IEnumerable<(string Name, string Config, string Said)> OfCompiled()
    {
        yield return ("compile_nested", Compiled(NestedLoss(400)), "depth");
        yield return ("auc", Compiled(Metric("AUC", "\"num_thresholds\": 100000000")), "have 64 MiB together");
        yield return ("precision", Compiled(Metric("Precision", $"\"thresholds\": [{Repeated("0.5", 400_000)}]")), "values");
        yield return ("metrics", Compiled($"\"metrics\": [{Repeated("\"mae\"", 200_000)}]"), "values");
        yield return ("boundaries", Compiled(Boundaries(200_000)), "values");
    }

    private static IEnumerable<(string Name, string Config, string Said)> Texts()
    {
        yield return ("deep_lists", "{\"a\":" + new string('[', 300_000), "depth");
        yield return ("deep_objects", string.Concat(Enumerable.Repeat("{\"a\":", 200_000)), "depth");
        yield return ("number", "{\"class_name\": 1e999999999}", "class_name");
        yield return ("digits", "{\"class_name\": 1" + new string('0', 1_000_000) + "}", "class_name");
        yield return ("twice", "{\"class_name\": \"Sequential\", \"class_name\": \"Sequential\"}", "class_name");
        yield return ("surrogate", "{\"class_name\": \"\\ud800\"}", "config.json");
        yield return ("chain", Graph(8_000, i => $"{Of("a", i - 1)}"), "");
        yield return ("doubling", Graph(8_000, i => $"{Of("a", i - 1)}, {Of("a", i - 1)}", "Add"), "");
        yield return ("cycle", Graph(8_000, i => Of("a", i == 1 ? 8_000 : i - 1)), "a1");
    }

    /// <summary>A sound archive with another configuration.</summary>
    public static byte[] Archive(string config, CompressionLevel level = CompressionLevel.Fastest)
    {
        var made = new MemoryStream();
        using (var from = new ZipArchive(new MemoryStream(ModelFixtures.OddBytes("_base.keras"))))
        using (var zip = new ZipArchive(made, ZipArchiveMode.Create, leaveOpen: true))
        {
            using (Stream text = zip.CreateEntry("config.json", level).Open())
            {
                text.Write(Encoding.UTF8.GetBytes(config));
            }

            using Stream source = from.GetEntry(Weights)!.Open();
            using Stream weights = zip.CreateEntry(Weights, CompressionLevel.NoCompression).Open();
            source.CopyTo(weights);
        }

        return made.ToArray();
    }

    /// <summary>An archive with a member that unpacks to so many MiB of spaces, with the size and checksum that it has.</summary>
    public static byte[] Bomb(string member, int mib)
    {
        var made = new MemoryStream();
        using (var zip = new ZipArchive(made, ZipArchiveMode.Create, leaveOpen: true))
        {
            using Stream bomb = zip.CreateEntry(member, CompressionLevel.Fastest).Open();
            byte[] spaces = new byte[1 << 20];
            Array.Fill(spaces, (byte)' ');
            for (int i = 0; i < mib; i++)
            {
                bomb.Write(spaces);
            }
        }

        return made.ToArray();
    }

    /// <summary>The same, but the size that is written down in both places is another one.</summary>
    public static byte[] WithSize(byte[] archive, uint size)
    {
        byte[] lying = (byte[])archive.Clone();
        int central = lying.AsSpan().LastIndexOf("PK\u0001\u0002"u8);
        BitConverter.TryWriteBytes(lying.AsSpan(central + 24), size);
        BitConverter.TryWriteBytes(lying.AsSpan(22), size);
        return lying;
    }

    private static string Sequential(string layers, string more = "") =>
        Object("keras", "Sequential", $"\"name\": \"m\", \"layers\": [{layers}]")[..^1] + more + "}";

    private static string Object(string module, string name, string config) =>
        $"{{\"module\": \"{module}\", \"class_name\": \"{name}\", \"registered_name\": null, \"config\": {{{config}}}}}";

    private static string Layers(params string[] layers) => Input("null, 5") + "," + string.Join(',', layers);

    private static string Input(string shape) => Object("keras.layers", "InputLayer", $"\"batch_shape\": [{shape}], \"name\": \"in\"");

    private static string Layer(string name, string config) => Object("keras.layers", name, config);

    private static string Nested(int depth)
    {
        string inner = Layer("Dense", "\"units\": 1");
        for (int i = 0; i < depth; i++)
        {
            inner = Sequential(inner);
        }

        return Layers(inner);
    }

    private static string Wrapped(string name, int depth)
    {
        string inner = name == "Bidirectional" ? Layer("LSTM", "\"units\": 1, \"return_sequences\": true") : Layer("Dense", "\"units\": 1");
        for (int i = 0; i < depth; i++)
        {
            inner = Layer(name, $"\"layer\": {inner}");
        }

        return inner;
    }

    private static string Compiled(string compiled)
    {
        string[] layers = [Layer("Dense", "\"units\": 4, \"name\": \"first\""), Layer("Dense", "\"units\": 3, \"name\": \"second\"")];
        string optimizer = compiled.Contains("\"optimizer\"", StringComparison.Ordinal) ? string.Empty : "\"optimizer\": \"sgd\", ";
        return Sequential(Layers(layers), $", \"compile_config\": {{{optimizer}\"loss\": \"mse\", {compiled}}}");
    }

    private static string Metric(string name, string config) => $"\"metrics\": [{Object("keras.metrics", name, config)}]";

    private static string NestedLoss(int depth)
    {
        string inner = Object("keras.optimizers", "SGD", "");
        for (int i = 0; i < depth; i++)
        {
            inner = Object("keras.optimizers", "LossScaleOptimizer", $"\"inner_optimizer\": {inner}");
        }

        return $"\"optimizer\": {inner}";
    }

    private static string Boundaries(int count)
    {
        string config = $"\"boundaries\": [{Repeated("1", count)}], \"values\": [{Repeated("0.1", count)}]";
        string schedule = Object("keras.optimizers.schedules", "PiecewiseConstantDecay", config);
        return $"\"optimizer\": {Object("keras.optimizers", "SGD", $"\"learning_rate\": {schedule}")}";
    }

    private static string Of(string name, int number) =>
        $$"""
            {"class_name": "__keras_tensor__", "config": {"shape": [null, 5], "dtype": "float32",
            "keras_history": ["{{name}}{{number}}", 0, 0]} }
            """;

    // a0 is the input, each of the others takes what is said.
    private static string Graph(int count, Func<int, string> inputs, string name = "ReLU")
    {
        IEnumerable<string> layers = Enumerable
            .Range(1, count)
            .Select(i =>
            {
                string args = name == "Add" ? $"[[{inputs(i)}]]" : $"[{inputs(i)}]";
                return $$"""
                    {"module": "keras.layers", "class_name": "{{name}}", "registered_name": null, "name": "a{{i}}",
                    "config": {"name": "a{{i}}"},
                    "inbound_nodes": [{"args": {{args}}, "kwargs": {} }]}
                    """;
            });
        return $$"""
            {"module": "keras", "class_name": "Functional", "registered_name": null, "config": {"name": "m", "layers": [
            {"module": "keras.layers", "class_name": "InputLayer", "registered_name": null, "name": "a0", "inbound_nodes": [],
            "config": {"batch_shape": [null, 5], "name": "a0"} }, {{string.Join(',', layers)}}],
            "input_layers": [["a0", 0, 0]], "output_layers": [["a{{count}}", 0, 0]]} }
            """;
    }

    private static string Repeated(string value, int count) => string.Join(',', Enumerable.Repeat(value, count));
}
