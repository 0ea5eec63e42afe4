using System.Text.Json.Nodes;
using Distillation.Keras.Layers;
using Distillation.Keras.Optimizers;
using Distillation.Keras.Saving;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Engine.Tests.Layers;

/// <summary>
/// Layers in layers of one's own: found where they are kept, and trained, counted, cloned and saved with the layer around them.
/// </summary>
public sealed class SublayerTests
{
    private DisposeScope _scope = null!;

    [SetUp]
    public void Open() => _scope = NewDisposeScope();

    [TearDown]
    public void Close() => _scope.Dispose();

    private sealed class InField(Layer held) : Layer("outer")
    {
        public Layer Held { get; } = held;

        protected internal override Tensor Forward(Tensor input, CallContext context) => Held.Call(input);
    }

    private sealed class InProperty(string name = "outer") : Layer(name)
    {
        public object Held { get; init; } = new();

        protected internal override Tensor Forward(Tensor input, CallContext context) => input;
    }

    private sealed class MadeInBuild() : Layer("outer")
    {
        private Dense? _held;

        protected override void Build(Shape inputShape) => _held = new Dense(3, name: "held");

        protected internal override Tensor Forward(Tensor input, CallContext context) => _held!.Call(input);
    }

    private sealed class Box(Layer layer)
    {
        public Layer Layer { get; } = layer;
    }

    private sealed class InBox : Layer
    {
        private readonly Box _box;

        public InBox(Box box, bool tells)
            : base("outer")
        {
            _box = box;
            if (tells)
            {
                AddLayer(box.Layer);
            }
        }

        protected internal override Tensor Forward(Tensor input, CallContext context) => _box.Layer.Call(input);
    }

    /// <summary>A dense layer, dropout and another dense layer around which the input is added.</summary>
    public sealed class Residual : Layer
    {
        private readonly Dense _expand;
        private readonly Dropout _drop;
        private readonly Dense _contract;

        public Residual(int width, int units, double rate = 0.0, string? name = null)
            : base(name)
        {
            (Width, Units, Rate) = (width, units, rate);
            _expand = new Dense(width, activation: "relu", kernel_regularizer: "l2");
            _drop = new Dropout(rate);
            _contract = new Dense(units);
        }

        public int Width { get; }

        public int Units { get; }

        public double Rate { get; }

        protected internal override Tensor Forward(Tensor input, CallContext context)
        {
            using DisposeScope scope = NewDisposeScope();
            return input.add(_contract.Call(_drop.Call(_expand.Call(input)))).MoveToOuterDisposeScope();
        }
    }

    private sealed class Pair(Layer first, IReadOnlyList<Layer> others) : Layer
    {
        public Layer First { get; } = first;

        public IReadOnlyList<Layer> Others { get; } = others;

        protected internal override Tensor Forward(Tensor input, CallContext context) =>
            Others.Prepend(First).Aggregate(input, (x, l) => l.Call(x));
    }

    private static Dense Dense() => new(3, name: "held");

    private static IEnumerable<TestCaseData> Holders()
    {
        static TestCaseData Case(string name, Func<Layer> make) => new TestCaseData(make).SetArgDisplayNames(name);
        yield return Case("property", () => new InField(Dense()));
        yield return Case(
            "list",
            () =>
                new InProperty
                {
                    Held = new List<Layer> { new ReLU(), Dense() },
                }
        );
        yield return Case("array", () => new InProperty { Held = new[] { Dense() } });
        yield return Case("array of arrays", () => new InProperty { Held = new[] { new[] { Dense() } } });
        yield return Case("dictionary", () => new InProperty { Held = new Dictionary<string, Dense> { ["a"] = Dense() } });
        yield return Case("tuple", () => new InProperty { Held = (1, Dense()) });
        yield return Case("in Build", () => new MadeInBuild());
        yield return Case("given to AddLayer", () => new InBox(new Box(Dense()), tells: true));
    }

    [TestCaseSource(nameof(Holders))]
    public void A_layer_that_is_kept_anywhere_has_its_weights_among_those_of_the_layer_around_it(Func<Layer> make)
    {
        Layer layer = make();
        var model = new Sequential(new Input(3), layer);
        if (layer is InProperty)
        {
            // It is kept, but never called: nobody makes its weights.
            Assert.That(layer.Sublayers.Any(l => l.Name == "held"));
            return;
        }

        Assert.That(
            model.TrainableWeights.Select(w => w.Path),
            Is.EqualTo(new[] { "sequential/outer/held/kernel", "sequential/outer/held/bias" })
                .Using<string>((a, b) => a.EndsWith(b[10..], StringComparison.Ordinal))
        );
        Assert.That(model.CountParams(), Is.EqualTo(12));
        layer.Trainable = false;
        Assert.That(layer.Sublayers.Single().Trainable, Is.False);
        Assert.That(model.TrainableWeights, Is.Empty);
        Assert.That(model.NonTrainableWeights, Has.Count.EqualTo(2));
    }

    [Test]
    public void Sublayers_are_trained_to_the_same_weights_as_the_same_layers_in_a_graph()
    {
        float[,] x =
        {
            { 1, 2 },
            { -1, 0.5f },
            { 0.3f, 1 },
            { 2, -2 },
        };
        float[,] y =
        {
            { 1, 0 },
            { 0, 1 },
            { 1, 1 },
            { 0, 0 },
        };
        var residual = new Residual(4, 2);
        var own = new Sequential(new Input(2), residual);
        Input input = new(2);
        var expand = new Dense(4, activation: "relu", kernel_regularizer: "l2");
        var contract = new Dense(2);
        var graph = new Model(input, new Add().Apply(input, contract.Apply(expand.Apply(input))));
        graph.SetWeights(own.GetWeights());
        foreach (Model model in new[] { own, graph })
        {
            model.Compile(new SGD(0.1), "mse");
            model.Fit(x, y, batch_size: 2, epochs: 3, verbose: 0, shuffle: false);
        }

        for (int i = 0; i < 4; i++)
        {
            Assert.That(own.Weights[i].Value.Equals(graph.Weights[i].Value), $"{own.Weights[i].Path}, bit for bit");
        }

        Assert.That(own.Evaluate(x, y)["loss"], Is.EqualTo(graph.Evaluate(x, y)["loss"]), "with the penalty of the inner kernel");
    }

    [Test]
    public void A_sublayer_takes_part_in_the_mode_and_the_random_numbers_of_the_call()
    {
        var layer = new Residual(50, 2, rate: 0.5);
        Tensor x = ones(4, 2);
        layer.Call(x);
        Tensor calm = layer.Call(x, training: false);
        Assert.That(calm.Equals(layer.Call(x)));
        Assert.That(layer.Call(x, training: true).Equals(calm), Is.False);
        float[,] y = new float[4, 2];
        double[] losses =
        [
            .. Enumerable
                .Range(0, 2)
                .Select(_ =>
                {
                    Keras.Utils.SetRandomSeed(7);
                    var model = new Sequential(new Input(2), new Residual(50, 2, rate: 0.5));
                    model.Compile("sgd", "mse");
                    return model.Fit(
                        new float[4, 2]
                        {
                            { 1, 2 },
                            { 3, 4 },
                            { 5, 6 },
                            { 7, 8 },
                        },
                        y,
                        epochs: 2,
                        verbose: 0
                    )["loss"][1];
                }),
        ];
        Assert.That(losses[0], Is.EqualTo(losses[1]), "one seed fixes the dropout in it, too");
    }

    [Test]
    public void Clones_and_configurations_go_down_into_the_layers_that_were_arguments()
    {
        Layer first = new Dense(3, name: "first") { Trainable = false };
        var layer = new Pair(first, [new ReLU(), new Dense(2, name: "last")]);
        var model = new Sequential(new Input(4), layer);
        KerasSerializer.Register<Pair>();
        foreach (Model copy in new[] { model.Clone(), Model.FromJson(model.ToJson()) })
        {
            var again = (Pair)copy.Layers[0];
            Assert.That(again.First, Is.Not.SameAs(first));
            Assert.That(again.First, Is.TypeOf<Dense>().And.Property(nameof(Layer.Trainable)).False);
            Assert.That(again.Others.Select(l => l.GetType()), Is.EqualTo(new[] { typeof(ReLU), typeof(Dense) }));
            Assert.That(again.Weights.Intersect(layer.Weights), Is.Empty, "weights of its own, those of a list too");
            Assert.That(copy.CountParams(), Is.EqualTo(model.CountParams()));
            copy.SetWeights(model.GetWeights());
            Tensor x = rand(2, 4);
            Assert.That(copy.Call(x).Equals(model.Call(x)));
        }
    }

    [Test]
    public void A_clone_has_a_model_of_its_own_where_one_was_an_argument()
    {
        var model = new Sequential(new Input(4), new InField(new Sequential(new Input(4), new Dense(2))));
        Model copy = model.Clone();
        Assert.That(copy.Weights.Intersect(model.Weights), Is.Empty);
        copy.SetWeights(model.GetWeights());
        Tensor x = rand(2, 4);
        Assert.That(copy.Call(x).Equals(model.Call(x)));
    }

    private sealed class ByName(Dictionary<string, Layer> parts) : Layer("outer")
    {
        public Dictionary<string, Layer> Parts { get; } = parts;

        protected internal override Tensor Forward(Tensor input, CallContext context) => Parts["first"].Call(input);
    }

    [Test]
    public void A_clone_that_would_share_its_layers_is_refused()
    {
        var model = new Sequential(new Input(4), new ByName(new() { ["first"] = new Dense(2, name: "held") }));
        Assert.That(
            () => model.Clone(),
            Throws.InvalidOperationException.With.Message.Contains("'outer' (ByName)").And.Message.Contains("the same 'held' (Dense)")
        );
    }

    [Test]
    public void A_layer_that_nobody_knows_of_is_refused_when_it_is_called()
    {
        Dense held = Dense();
        Assert.That(
            () => new InBox(new Box(held), tells: false).Call(zeros(2, 3)),
            Throws
                .InstanceOf<NotSupportedException>()
                .With.Message.Contains("'outer'")
                .And.Message.Contains("'held'")
                .And.Message.Contains("AddLayer")
        );
        Assert.That(
            () => new Sequential(new Input(3), new Lambda(x => held.Call(x), name: "function")),
            Throws.InstanceOf<NotSupportedException>().With.Message.Contains("'function'").And.Message.Contains("Trainable")
        );
        held.Trainable = false;
        var model = new Sequential(new Input(3), new Lambda(x => held.Call(x)));
        Tensor input = rand(2, 3);
        Assert.That(model.Call(input).allclose(held.Call(input)), Is.True, "frozen it is a function like another");
    }

    [Test]
    public void A_layer_without_weights_and_other_things_may_be_kept()
    {
        var model = new Sequential(
            new Input(3),
            new InField(new ReLU()),
            new InProperty("other") { Held = new object[] { "text", 1, new float[3], new Dropout(0.5) } }
        );
        Assert.That(model.Call(ones(2, 3)).shape, Is.EqualTo(new long[] { 2, 3 }));
    }

    [Test]
    public void A_layer_may_know_the_model_that_it_is_in_but_two_layers_do_not_keep_each_other()
    {
        var model = new Sequential(new Input(3), new Dense(3));
        var knowing = new InProperty { Held = new List<Model>() };
        model.Add(knowing);
        ((List<Model>)knowing.Held).Add(model);
        Assert.That(model.Call(ones(2, 3)).shape, Is.EqualTo(new long[] { 2, 3 }));
        var one = new InProperty("one") { Held = new List<Layer>() };
        var other = new InProperty("other") { Held = one };
        ((List<Layer>)one.Held).Add(other);
        Assert.That(
            () => other.Call(ones(2, 3)),
            Throws.InvalidOperationException.With.Message.Contains("'one'").And.Message.Contains("'other'")
        );
    }

    /// <summary>A model of one's own that keeps whatever it is given.</summary>
    private sealed class Keeping(string name) : Model(name)
    {
        public Layer? Kept { get; set; }

        protected internal override Tensor Forward(Tensor input, CallContext context) => Kept!.Call(input);
    }

    [Test]
    public void Two_models_do_not_keep_each_other_either()
    {
        var one = new Keeping("one");
        one.Kept = new Keeping("other") { Kept = one };
        Assert.That(
            () => one.Call(ones(2, 3)),
            Throws.InvalidOperationException.With.Message.Contains("'one'").And.Message.Contains("'other'")
        );
    }

    [Test]
    public void A_refused_build_takes_the_weights_of_sublayers_away_again()
    {
        var dense = new Dense(3);
        var layer = new Pair(dense, [new Lambda(x => x.sum())]);
        Assert.That(() => new Sequential(new Input(2), layer), Throws.Exception);
        Assert.That(dense.Built, Is.False);
        Assert.That(dense.Weights, Is.Empty);
        Assert.That(layer.Built, Is.False);
    }

    [Test]
    public void A_layer_is_added_before_the_weights_are_made()
    {
        var late = new Late();
        late.Call(ones(2, 3));
        Assert.That(() => late.Add(new Dense(1, name: "held")), Throws.InvalidOperationException.With.Message.Contains("'held'"));
    }

    private sealed class Late : Layer
    {
        public void Add(Layer layer) => AddLayer(layer);

        protected internal override Tensor Forward(Tensor input, CallContext context) => input;
    }

    [Test]
    public void A_layer_that_says_no_shape_is_tried_on_zeros_of_two_sizes()
    {
        var layer = new InField(new Conv2D(5, 3, strides: 2));
        KerasTensor output = layer.Apply(new Input(new Shape([null, 20, 1])));
        Assert.That(output.Shape, Is.EqualTo(new Shape([null, null, 9, 5])));
        Assert.That(layer.ComputeOutputShape(new Shape([7, 11, 20, 1])), Is.EqualTo(new Shape([7, 5, 9, 5])));
        Assert.That(
            () => new InField(Dense()).ComputeOutputShape(new Shape([null, 3])),
            Throws.InvalidOperationException.With.Message.Contains("ComputeOutputShape")
        );
        JsonObject? build = layer.BuildConfig;
        Assert.That(build!["input_shape"]!.ToJsonString(), Is.EqualTo("[null,null,20,1]"));
    }
}
