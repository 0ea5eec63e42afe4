using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Distillation.Keras.Layers;
using NumSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Conformance;

/// <summary>
/// Model files that other people made: what they compute for a fixed input and for digits, and how many test digits they get right.
/// </summary>
public sealed partial class GoldensSuite : ISuite
{
    // As in ModelsSuite; the files are of many versions and backends.
    private const double Tolerance = 1e-5;

    // Where Debian's package of it puts the files.
    private const string FashionOfDebian = "/usr/share/datasets/fashion-mnist";

    // Rounding decides a digit now and then.
    private const int Digits = 2;

    // Weights alone: who made them wrote the architecture elsewhere.
    private static readonly Dictionary<string, Func<Sequential>> Architectures = new()
    {
        ["k2.0.8_deepxplore_lenet1.h5"] = () => LeNet(4, 12, null),
        ["k2.0.8_deepxplore_lenet4.h5"] = () => LeNet(6, 16, 84),
        ["k1.2.1_dl4j_mnist_mlp_tf.h5"] = Mlp,
        ["k2.0.6_dl4j_mnist_mlp_tf.h5"] = Mlp,
    };

    /// <inheritdoc/>
    public string File => "goldens";

    /// <inheritdoc/>
    public IEnumerable<FixtureCase> Cases(Fixture fixture)
    {
        string folder = fixture.Folder;
        return fixture.All.Select(e => new FixtureCase(e.Name, check => Run(fixture, folder, e.Key, e.Object, check)));
    }

    private static void Run(Fixture fixture, string folder, string name, JsonObject entry, Check check)
    {
        if (entry["kind"]?.Text() != "keras")
        {
            throw new UnsupportedException("the library does not read ONNX yet");
        }

        Model model = Load(Path.Combine(folder, "keras", name), name);
        foreach (string key in Keys(fixture, $"{name}/y/"))
        {
            using NDArray output = model.PredictOutputs(fixture.Array($"{name}/x"))[int.Parse(key, CultureInfo.InvariantCulture)];
            check.Close($"y/{key}", Backend.TensorConversion.ToTensor(output), fixture.Array($"{name}/y/{key}"), Tolerance);
        }

        // What another version gave, for people to compare.
        foreach (string key in Keys(fixture, $"{name}/y_unrotated/"))
        {
            fixture.Array($"{name}/y_unrotated/{key}").Dispose();
        }

        if (fixture.Has($"{name}/mnist"))
        {
            Tensor expected = fixture.Array($"{name}/mnist");
            using NDArray output = model.Predict(Images(model, Scaled(fixture.Array("mnist/x"))));
            check.Close("mnist", Backend.TensorConversion.ToTensor(output), expected, Tolerance);
            foreach ((RawImageDataset data, string scale, long right) in Counts(Path.Combine(folder, "..", "data"), entry))
            {
                CountRight(model, data, scale, right, check);
            }
        }

        if (check.Comparisons == 0)
        {
            throw new UnsupportedException(entry["how"].Text());
        }
    }

    private static Model Load(string path, string name)
    {
        if (!Architectures.TryGetValue(name, out Func<Sequential>? architecture))
        {
            return LoadedModel.From(path);
        }

        Sequential model = architecture();
        model.LoadWeights(path);
        return model;
    }

    // What the files' list says of the test images of MNIST or Fashion-MNIST, "fashion softmax x/255:9067 raw:8414", where those are.
    private static IEnumerable<(RawImageDataset Data, string Scale, long Right)> Counts(string folder, JsonObject entry)
    {
        string listed = entry["manifest"]?.Text() ?? string.Empty;
        bool isFashion = listed.StartsWith("fashion", StringComparison.Ordinal);
        string[] places = isFashion ? [Path.Combine(folder, "fashion-mnist"), FashionOfDebian] : [Path.Combine(folder, "mnist")];
        if (Array.Find(places, Directory.Exists) is not string place)
        {
            yield break;
        }

        RawImageDataset data = isFashion ? Datasets.FashionMnist.LoadRaw(place) : Datasets.Mnist.LoadRaw(place);
        foreach (Match count in Listed().Matches(listed))
        {
            yield return (data, count.Groups["scale"].Value, long.Parse(count.Groups["right"].Value, CultureInfo.InvariantCulture));
        }

        if (listed.Length == 0 && entry["mnist_test_x/255_right_of_10000"] is JsonNode right)
        {
            yield return (data, "x/255", (long)right.Number());
        }
    }

    private static void CountRight(Model model, RawImageDataset data, string scale, long expected, Check check)
    {
        Tensor bytes = Backend.TensorConversion.ToTensor(data.TestX).to(ScalarType.Float32);
        Tensor images = scale switch
        {
            "x/255" => bytes.div(255),
            "raw" => bytes,
            _ => bytes.div(127.5).sub(1),
        };
        Tensor labels = Backend.TensorConversion.ToTensor(data.TestY).to(ScalarType.Int64);
        using NDArray output = model.Predict(Images(model, images), batch_size: 500);
        long right = Backend.TensorConversion.ToTensor(output).argmax(1).eq(labels.view(-1)).sum().item<long>();
        check.Compared();
        if (Math.Abs(right - expected) > Digits)
        {
            check.Differ("right", $"{right} of 10,000 test images as {scale}, expected {expected}");
        }
    }

    private static Tensor Scaled(Tensor bytes) => bytes.to(ScalarType.Float32).div(255);

    private static Tensor Images(Model model, Tensor images) =>
        images.reshape([images.shape[0], .. model.Input.Shape.Skip(1).Select(d => (long)d!.Value)]);

    private static IEnumerable<string> Keys(Fixture fixture, string prefix) =>
        fixture.Arrays.Keys.Where(k => k.StartsWith(prefix, StringComparison.Ordinal)).Select(k => k[prefix.Length..]);

    private static Sequential LeNet(int first, int second, int? hidden) =>
        new([
            new Input(28, 28, 1),
            new Conv2D(first, (5, 5), padding: "same", activation: "relu"),
            new MaxPooling2D((2, 2)),
            new Conv2D(second, (5, 5), padding: "same", activation: "relu"),
            new MaxPooling2D((2, 2)),
            new Flatten(),
            .. hidden is int units ? (Layer[])[new Dense(units, activation: "relu")] : [],
            new Dense(10, activation: "softmax"),
        ]);

    private static Sequential Mlp() =>
        new(
            new Input(784),
            new Dense(512, activation: "relu"),
            new Dropout(0.2),
            new Dense(512, activation: "relu"),
            new Dropout(0.2),
            new Dense(10, activation: "softmax")
        );

    [GeneratedRegex(@"(?<scale>x/255|raw|x/127\.5-1):(?<right>\d+)", RegexOptions.CultureInvariant)]
    private static partial Regex Listed();
}
