using System.Text.Json.Nodes;
using Distillation.Keras.Layers;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Engine.Tests.Models;

/// <summary>What Keras notes of the use of a layer: the default of <c>training</c>, and tensors by name.</summary>
public sealed class RecordedUseTests
{
    private static readonly (Layer Layer, bool? Training)[] Layers =
    [
        (new Dropout(0.5), false),
        (new SpatialDropout2D(0.5), false),
        (new GaussianNoise(0.5), false),
        (new GaussianDropout(0.5), false),
        (new AlphaDropout(0.5), false),
        (new SpectralNormalization(new Dense(3)), false),
        (new RandomContrast(0.9), true),
        (new RandomBrightness(0.9), true),
        (new Resizing(2, 2), true),
        (new BatchNormalization(), null),
        (new Rescaling(2), null),
    ];

    private static IEnumerable<TestCaseData> Cases =>
        Layers.Select(c => new TestCaseData(c.Layer, c.Training).SetArgDisplayNames(c.Layer.Name));

    // The values are those that Keras 3.15.1 notes.
    [TestCaseSource(nameof(Cases))]
    public void The_default_of_training_is_noted(Layer layer, bool? training)
    {
        var input = new Input(new Shape(4, 4, 3));
        var model = new Model(input, layer.Apply(input));
        Assert.That((bool?)Use(JsonNode.Parse(model.ToJson())!, layer.Name)["kwargs"]!["training"], Is.EqualTo(training));
    }

    [TestCase("model.keras")]
    [TestCase("model.h5")]
    public void A_noted_default_does_not_fix_the_mode(string name)
    {
        using var folder = new TemporaryFolder();
        using DisposeScope scope = NewDisposeScope();
        var input = new Input(new Shape(4, 4, 3));
        new Model(input, new Dropout(0.5).Apply(new RandomBrightness((0.5, 0.9)).Apply(input))).Save(folder[name]);
        Model again = Model.Load(folder[name]);
        Tensor x = ones(2, 4, 4, 3);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(again.Call(x, training: false).data<float>().ToArray(), Is.All.EqualTo(1f));
            Assert.That(again.Call(x, training: true).data<float>().ToArray().Distinct().Count(), Is.GreaterThan(1));
        }
    }

    // The orders are those of model.layers in Keras 3.15.1.
    [TestCase("", "query:a key:b value:c", "x b a c mha")]
    [TestCase("", "query:a value:b key:c", "x c a b mha")]
    [TestCase("a", "key:b value:c", "x a b c mha")]
    public void Layers_are_found_by_tensors_in_order_and_then_by_name(string ordered, string named, string expected)
    {
        var x = new Input(new Shape(4, 3), name: "x");
        KerasTensor[] tensors = [.. "abc".Select(c => new Dense(5, name: c.ToString()).Apply(x))];
        JsonNode json = JsonNode.Parse(new Model(x, new MultiHeadAttention(2, 3, name: "mha").Apply(tensors)).ToJson())!;
        JsonObject use = Use(json, "mha");
        JsonNode Tensor(char name) => use["args"]![name - 'a']!.DeepClone();
        var kwargs = new JsonObject(
            named.Split(' ').Select(p => p.Split(':')).Select(p => KeyValuePair.Create(p[0], (JsonNode?)Tensor(p[1][0])))
        );
        (use["args"], use["kwargs"]) = (new JsonArray([.. ordered.Select(Tensor)]), kwargs);
        Model model = Model.FromJson(json.ToJsonString());
        Assert.That(string.Join(' ', model.Layers.Select(l => l.Name)), Is.EqualTo(expected));
    }

    [TestCase(true)]
    [TestCase(false)]
    public void A_model_that_is_called_alone_leaves_nothing_behind(bool records)
    {
        var model = new Sequential(new Input(3), new Dense(4), new Dense(4), new Dense(2));
        using Tensor x = ones(2, 3);
        using IDisposable? none = records ? null : no_grad();
        Assert.That(LiveTensors.LeftBy(() => model.Call(x).Dispose()), Is.Zero);
    }

    [Test]
    public void Recurrent_layers_are_called_by_the_name_of_their_input()
    {
        var x = new Input(new Shape(4, 3));
        var model = new Model(x, new GRU(2, name: "me").Apply(x));
        JsonNode json = JsonNode.Parse(model.ToJson())!;
        JsonObject use = Use(json, "me");
        use["kwargs"]!["sequences"] = use["args"]![0]!.DeepClone();
        use["args"] = new JsonArray();
        Model again = Model.FromJson(json.ToJsonString());
        again.SetWeights(model.GetWeights());
        using DisposeScope scope = NewDisposeScope();
        Tensor values = randn(2, 4, 3);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(again.Call(values).allclose(model.Call(values)), Is.True);
            Assert.That(Use(JsonNode.Parse(again.ToJson())!, "me")["kwargs"]!["sequences"], Is.Not.Null);
        }
    }

    [TestCase("SimpleRNNCell", "sequence")]
    [TestCase("GRUCell", "inputs")]
    public void Cells_are_called_by_the_names_of_their_arguments(string className, string name)
    {
        var x = new Input(3);
        var h = new Input(2);
        RNNCell cell = className == "GRUCell" ? new GRUCell(2, name: "me") : new SimpleRNNCell(2, name: "me");
        var model = new Model((Input[])[x, h], cell.ApplyAll(x, h)[0]);
        JsonNode json = JsonNode.Parse(model.ToJson())!;
        JsonObject use = Use(json, "me");
        (use["kwargs"]![name], use["kwargs"]!["states"]) = (use["args"]![0]!.DeepClone(), use["args"]![1]!.DeepClone());
        use["args"] = new JsonArray();
        Model again = Model.FromJson(json.ToJsonString());
        again.SetWeights(model.GetWeights());
        using DisposeScope scope = NewDisposeScope();
        Tensor[] values = [randn(4, 3), randn(4, 2)];
        Assert.That(again.CallAll(values)[0].allclose(model.CallAll(values)[0]), Is.True);
    }

    // Keras hands a mask on to a layer with one tensor alone.
    [Test]
    public void States_keep_the_mask_of_the_sequences_out()
    {
        using DisposeScope scope = NewDisposeScope();
        var x = new Input(new Shape(3, 2));
        var h = new Input(2);
        var gru = new GRU(2);
        KerasTensor masked = new Masking().Apply(x);
        var within = new Model(
            (Input[])[x, h],
            gru.ApplyAll(new LayerInputs<KerasTensor>(masked).With("initial_state", new[] { h.Output }))[0]
        );
        Tensor values = ones(1, 3, 2);
        values[0, 1] = zeros(2);
        Tensor state = ones(1, 2);
        Tensor bare = gru.CallAll(new LayerInputs<Tensor>(values).With("initial_state", new[] { state })).Tensors[0];
        Assert.That(within.CallAll([values, state])[0].allclose(bare), Is.True);
    }

    // The mask is an output of an operation, and is handed on behind the layer.
    [TestCase(true)]
    [TestCase(false)]
    public void A_mask_that_is_a_tensor_of_the_model_is_there_behind_it(bool records)
    {
        var x = new Input(new Shape(3, 2));
        KerasTensor mask = Ops.Any(Ops.NotEqual(x, 0), axis: -1);
        LayerInputs<KerasTensor> call = new LayerInputs<KerasTensor>(new Masking().Apply(x)).WithMasks([mask]);
        var model = new Model(x, new GRU(2, return_sequences: true).ApplyAll(call)[0]);
        using DisposeScope scope = NewDisposeScope();
        using IDisposable? none = records ? null : no_grad();
        Tensor values = ones(1, 3, 2);
        values[0, 1] = zeros(2);
        LayerOutputs outputs = model.CallAll(new LayerInputs<Tensor>(values));
        Assert.That(outputs.Mask(0)!.data<bool>().ToArray(), Is.EqualTo(new[] { true, false, true }));
    }

    [Test]
    public void A_tensor_that_a_layer_keeps_is_there_until_the_scope_of_the_step_ends()
    {
        var x = new Input(2);
        var keeper = new Keeper();
        var model = new Model(x, new Dense(1).Apply(keeper.Apply(x)));
        using DisposeScope scope = NewDisposeScope();
        model.Call(ones(3, 2)).Dispose();
        Assert.That(keeper.Kept!.IsInvalid, Is.False);
    }

    private static JsonObject Use(JsonNode model, string layer) =>
        model["config"]!["layers"]!.AsArray().Single(l => (string?)l!["config"]!["name"] == layer)!["inbound_nodes"]![0]!.AsObject();

    private sealed class Keeper : Layer
    {
        public Tensor? Kept { get; private set; }

        protected internal override Tensor Forward(Tensor input, CallContext context) => Kept = input.mul(2);
    }
}
