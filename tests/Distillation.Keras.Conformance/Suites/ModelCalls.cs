using System.Text.Json.Nodes;
using Distillation.Keras.Layers;
using static TorchSharp.torch;

namespace Distillation.Keras.Conformance.Suites;

/// <summary>Models put together wrongly, or so that it looks wrong.</summary>
internal static class ModelCalls
{
    /// <summary>The calls by their names in the file.</summary>
    public static IEnumerable<KeyValuePair<string, Func<JsonNode?>>> Table(CallDimensions sizes)
    {
        (string What, Func<JsonNode?> Call)[] calls =
        [
            ("Sequential.add of something else", () => Model.FromJson(OfLayers("\"dense\"")).Name),
            ("Sequential: the same layer twice", SameTwice),
            ("Sequential: Input not first", () => Written(new Sequential(new Dense(5), new Input(5)))),
            ("Sequential: two layers of one name", () => new Sequential(new Dense(5, name: "a"), new Dense(5, name: "a")).Name),
            ("Sequential.pop when empty", () => new Sequential().Pop().Name),
            (
                "Sequential: layers that do not fit",
                () => new Sequential(new Input(5), new Dense(4), LayerOf.Class("Conv2D", """{"filters": 2, "kernel_size": 3}""")).Name
            ),
            ("functional: two layers of one name", TwoOfOneName),
            ("functional: graph disconnected", () => new Model(new Input(5), new Dense(2).Apply(new Input(5))).Name),
            ("functional: inputs not an Input", InputsInside),
            ("Input without a shape", () => new Input((Shape)null!).Name),
            ("Input(shape=5)", () => new Input(5).Name),
            (
                "Input((None, None, 3)) then Flatten, Dense",
                () => new Dense(2).Apply(LayerOf.Class("Flatten").Apply(new Input(new Shape((int?[])[null, null, 3])))).Name
            ),
            ("get_layer of an unknown name", () => Net(sizes).GetLayer("missing").Name),
            ("get_layer index out of range", () => Net(sizes).GetLayer(9).Name),
            ("summary before build", SummaryBeforeBuild),
            ("count_params before build", () => new Sequential(new Dense(3)).CountParams()),
            ("predict before build, no Input", () => Sizes(new Sequential(new Dense(3)).Predict(randn(sizes.Rows, 5)))),
            ("call with a wrong width", () => LayerOf.Shape(Net(sizes), randn(2, 6))),
            ("call with a missing batch axis", () => LayerOf.Shape(Net(sizes), randn(5))),
        ];
        return calls.Select(e => KeyValuePair.Create($"model: {e.What}", e.Call));
    }

    private static Sequential Net(CallDimensions sizes) => new(new Input(5), new Dense(sizes.Classes, activation: "softmax"));

    private static JsonValue SameTwice()
    {
        var layer = new Dense(5);
        return Written(new Sequential(new Input(5), layer, layer));
    }

    private static JsonNode? SummaryBeforeBuild()
    {
        new Sequential(new Dense(3)).Summary(print_fn: _ => { });
        return null;
    }

    private static JsonValue Written(Sequential model) =>
        JsonValue.Create($"<Sequential name={model.Name.TrimEnd([.. "_0123456789"])}, built={(model.Built ? "True" : "False")}>");

    private static string OfLayers(string layers) =>
        $$"""{"module": "keras", "class_name": "Sequential", "config": {"name": "s", "layers": [{{layers}}]}, "registered_name": null}""";

    private static JsonArray Sizes(NumSharp.NDArray array) => new([.. array.shape.Select(n => (JsonNode?)JsonValue.Create((long)n))]);

    private static JsonNode? TwoOfOneName()
    {
        var input = new Input(5);
        return new Model(input, new Dense(2, name: "a").Apply(new Dense(2, name: "a").Apply(input))).Name;
    }

    private static JsonNode? InputsInside()
    {
        KerasTensor hidden = new Dense(3).Apply(new Input(5));
        return new Model(hidden, new Dense(2).Apply(hidden)).Name.TrimEnd([.. "_0123456789"]);
    }
}
