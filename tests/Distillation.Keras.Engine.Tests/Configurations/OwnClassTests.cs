using System.Text.Json.Nodes;
using Distillation.Keras.Layers;
using Distillation.Keras.Losses;
using Distillation.Keras.Metrics;
using Distillation.Keras.Saving;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Engine.Tests.Configurations;

/// <summary>Classes of one's own in configurations.</summary>
public sealed class OwnClassTests
{
    private DisposeScope _scope = null!;

    [SetUp]
    public void Open() => _scope = NewDisposeScope();

    [TearDown]
    public void Close() => _scope.Dispose();

    /// <summary>It takes neither a name nor a flag.</summary>
    public sealed class Scaled(double factor) : Layer(null)
    {
        private Variable? _scale;

        public double Factor { get; } = factor;

        public override Shape ComputeOutputShape(Shape inputShape) => inputShape;

        protected override void Build(Shape inputShape) => _scale = AddWeight("scale", 1, "ones");

        protected internal override Tensor Forward(Tensor input, CallContext context) => input * _scale!.Value * Factor;
    }

    public sealed class Gap() : Loss(null)
    {
        protected internal override Tensor Forward(Tensor y_true, Tensor y_pred) => (y_true - y_pred).abs().mean([1]);
    }

    public sealed class Largest() : Metric(null)
    {
        public override void UpdateState(Tensor y_true, Tensor y_pred, Tensor? sample_weight = null) { }

        public override Tensor Result() => zeros(1);
    }

    public enum Kind
    {
        First,
        Second,
    }

    /// <summary>Arguments of many types.</summary>
    public sealed class Many(
        IReadOnlyList<double> numbers,
        List<string> words,
        IEnumerable<int> whole,
        float single,
        byte small,
        Kind kind,
        double[][] rows,
        float? maybe = null,
        Kind[]? kinds = null
    ) : Layer(null)
    {
        public IReadOnlyList<double> Numbers { get; } = numbers;

        public List<string> Words { get; } = words;

        public IEnumerable<int> Whole { get; } = whole;

        public float Single { get; } = single;

        public byte Small { get; } = small;

        public Kind Kind { get; } = kind;

        public double[][] Rows { get; } = rows;

        public float? Maybe { get; } = maybe;

        public Kind[]? Kinds { get; } = kinds;

        public override Shape ComputeOutputShape(Shape inputShape) => inputShape;

        protected internal override Tensor Forward(Tensor input, CallContext context) => input.clone();
    }

    public sealed class Table(double[,] values) : Layer(null)
    {
        public double[,] Values { get; } = values;

        public override Shape ComputeOutputShape(Shape inputShape) => inputShape;

        protected internal override Tensor Forward(Tensor input, CallContext context) => input.clone();
    }

    [OneTimeSetUp]
    public void Register()
    {
        KerasSerializer.Register<Many>();
        KerasSerializer.Register<Scaled>();
        KerasSerializer.Register<Gap>();
        KerasSerializer.Register<Largest>();
    }

    private static Model Branches()
    {
        KerasTensor input = new Input(3);
        KerasTensor a = new Scaled(2).Apply(input);
        KerasTensor b = new Scaled(3).Apply(input);
        return new Model(input, new Add().Apply(a, b));
    }

    [Test]
    public void Arguments_of_many_types_come_back()
    {
        var model = new Sequential(
            new Input(2),
            new Many(
                [0.5, 2],
                ["a", "b"],
                [],
                0.1f,
                200,
                Kind.Second,
                [
                    [1],
                    [2, 3],
                ],
                1.5f,
                [Kind.First, Kind.Second]
            )
        );
        Model read = Model.FromJson(model.ToJson());
        var layer = (Many)read.Layers[0];
        Assert.Multiple(() =>
        {
            Assert.That(layer.Numbers, Is.EqualTo(new[] { 0.5, 2 }));
            Assert.That(layer.Words, Is.EqualTo(new[] { "a", "b" }));
            Assert.That(layer.Whole, Is.Empty);
            Assert.That(layer.Single, Is.EqualTo(0.1f));
            Assert.That(layer.Small, Is.EqualTo(200));
            Assert.That(layer.Kind, Is.EqualTo(Kind.Second));
            Assert.That(layer.Rows, Is.EqualTo(new double[][] { [1], [2, 3] }));
            Assert.That(layer.Maybe, Is.EqualTo(1.5f));
            Assert.That(layer.Kinds, Is.EqualTo(new[] { Kind.First, Kind.Second }));
        });
        Assert.That(read.ToJson(), Is.EqualTo(model.ToJson()));
        foreach (
            (string from, string to) in new[]
            {
                ("\"Second\"", "\"Third\""),
                ("\"Second\"", "\"1\""),
                ("\"Second\"", "\"First,Third\""),
                ("\"Second\"", "\"\""),
                ("\"Second\"", "1"),
                ("200", "300"),
                ("200", "-1"),
                ("[\"a\",\"b\"]", "[1]"),
                ("[\"a\",\"b\"]", "{}"),
            }
        )
        {
            string changed = model.ToJson().Replace(" ", "").Replace("\n", "").Replace(from, to);
            Assert.That(() => Model.FromJson(changed), Throws.ArgumentException.With.Message.Contains("Many: the argument"), to);
        }
    }

    [Test]
    public void What_no_configuration_holds_is_refused_when_it_is_written()
    {
        Assert.That(
            () => KerasSerializer.Serialize(new Table(new double[2, 2])),
            Throws.InstanceOf<NotSupportedException>().With.Message.Contains("'values'").And.Message.Contains("double[][]")
        );
    }

    [Test]
    public void A_layer_without_a_name_parameter_comes_back_in_a_functional_model()
    {
        Model model = Branches();
        Model read = Model.FromJson(model.ToJson());
        Assert.That(read.Layers.Select(l => l.Name), Is.EqualTo(model.Layers.Select(l => l.Name)));
        Assert.That(read.Weights.Select(w => w.Path), Is.EqualTo(model.Weights.Select(w => w.Path)));
        Tensor x = rand(2, 3);
        Assert.That(read.Call(x).allclose(model.Call(x)), Is.True);
        Assert.That(read.ToJson(), Is.EqualTo(model.ToJson()));
    }

    [Test]
    public void Its_name_and_its_flag_stay_in_a_sequential_model_and_in_a_clone()
    {
        var model = new Sequential(new Input(3), new Scaled(2), new Scaled(3));
        model.Layers[0].Trainable = false;
        foreach (Model other in new[] { Model.FromJson(model.ToJson()), model.Clone(), Branches().Clone() })
        {
            Model origin = other.Layers.Count == 2 ? model : other;
            Assert.That(other.Layers.Select(l => l.Name), Is.EqualTo(origin.Layers.Select(l => l.Name)));
            Assert.That(other.Layers.Select(l => l.Trainable), Is.EqualTo(origin.Layers.Select(l => l.Trainable)));
        }

        Model branches = Branches();
        Assert.That(branches.Clone().Layers.Select(l => l.Name), Is.EqualTo(branches.Layers.Select(l => l.Name)));
    }

    [Test]
    public void Its_configuration_holds_its_name_and_refuses_what_is_none()
    {
        JsonObject written = KerasSerializer.Serialize(new Scaled(2));
        Assert.That(written["config"]!.AsObject().Select(p => p.Key), Is.EquivalentTo(new[] { "name", "trainable", "factor" }));
        written["config"]!["name"] = "own";
        Assert.That(KerasSerializer.Deserialize<Layer>(written).Name, Is.EqualTo("own"));
        written["config"]!["name"] = "a/b";
        Assert.That(() => KerasSerializer.Deserialize<Layer>(written), Throws.ArgumentException.With.Message.Contains("a/b"));
        written["config"]!["name"] = 3;
        Assert.That(() => KerasSerializer.Deserialize<Layer>(written), Throws.ArgumentException.With.Message.Contains("'name'"));
        written["config"]!["name"] = "own";
        Assert.That(
            () => KerasSerializer.Deserialize<Flatten>(written),
            Throws.ArgumentException.With.Message.Contains("Flatten").And.Message.Contains("Scaled")
        );
        written["config"]!["nam"] = "own";
        Assert.That(() => KerasSerializer.Deserialize<Layer>(written), Throws.ArgumentException.With.Message.Contains("'nam'"));
    }

    [Test]
    public void A_loss_and_a_metric_without_a_name_parameter_keep_their_names()
    {
        var model = new Sequential(new Input(3), new Dense(2));
        model.Compile("sgd", loss: new Gap(), metrics: [new Largest()]);
        Model read = Model.FromJson(model.ToJson());
        Assert.That(read.GetCompileConfig()!.ToJsonString(), Is.EqualTo(model.GetCompileConfig()!.ToJsonString()));
        Assert.That(read.GetCompileConfig()!["loss"]!["config"]!["name"]!.GetValue<string>(), Does.StartWith("gap"));
    }

    /// <summary>Named as one of the library's.</summary>
    public sealed class Dense(int units) : Layer(null)
    {
        public int Units { get; } = units;

        public override Shape ComputeOutputShape(Shape inputShape) => inputShape;

        protected internal override Tensor Forward(Tensor input, CallContext context) => input;
    }

    [Identifiers("mse")]
    public sealed class OwnError() : Loss(null)
    {
        protected internal override Tensor Forward(Tensor y_true, Tensor y_pred) => y_pred;
    }

    private static class Other
    {
        public sealed class Scaled() : Layer(null)
        {
            public override Shape ComputeOutputShape(Shape inputShape) => inputShape;

            protected internal override Tensor Forward(Tensor input, CallContext context) => input;
        }
    }

    public abstract class Unfinished() : Layer(null);

    [Test]
    public void A_class_does_not_take_the_name_of_another()
    {
        Assert.That(
            () => KerasSerializer.Register<Dense>(),
            Throws.ArgumentException.With.Message.Contains("'Dense'").And.Message.Contains("library")
        );
        Assert.That(() => KerasSerializer.Register<OwnError>(), Throws.ArgumentException.With.Message.Contains("'mse'"));
        Assert.That(() => KerasSerializer.Register<Other.Scaled>(), Throws.ArgumentException.With.Message.Contains("'Scaled'"));
        Assert.That(() => KerasSerializer.Register<Unfinished>(), Throws.ArgumentException.With.Message.Contains("abstract"));
        Assert.That(() => KerasSerializer.Register<Scaled>(), Throws.Nothing, "the same class again");
        Assert.That(
            Model.FromJson(new Sequential(new Input(3), new Keras.Layers.Dense(2)).ToJson()).Layers[0],
            Is.TypeOf<Keras.Layers.Dense>()
        );
        Assert.That(Loss.Get("mse"), Is.TypeOf<Keras.Losses.MeanSquaredError>());
    }
}
