using System.Text.Json.Nodes;
using Distillation.Keras.Layers;
using Distillation.Keras.Metrics;
using Distillation.Keras.Saving;
using static TorchSharp.torch;

namespace Distillation.Keras.Engine.Tests.Configurations;

/// <summary>Which constructor a configuration is.</summary>
public sealed class ConfigConstructorTests
{
    public abstract class Same(string? name = null) : Layer(name)
    {
        public override Shape ComputeOutputShape(Shape inputShape) => inputShape;

        protected internal override Tensor Forward(Tensor input, CallContext context) => input.clone();
    }

    /// <summary>The marked one has fewer parameters than another, and got an optional one after configurations had been written.</summary>
    public sealed class Marked : Same
    {
        [ConfigConstructor]
        public Marked(double factor, int added = 7)
        {
            Factor = factor;
            Added = added;
        }

        public Marked(double first, double second, double third, int added)
            : this(first * second * third, added) { }

        public double Factor { get; }

        public int Added { get; }
    }

    /// <summary>What is marked need not be public.</summary>
    public sealed class Hidden : Same
    {
        public Hidden(int whole)
            : this((double)whole) { }

        [ConfigConstructor]
        private Hidden(double factor) => Factor = factor;

        public double Factor { get; }
    }

    public sealed class Unmarked : Same
    {
        public Unmarked(double factor) => Factor = factor;

        public Unmarked(double factor, int times)
            : this(factor * times) => Times = times;

        public double Factor { get; }

        public int Times { get; }
    }

    public sealed class MarkedTwice : Same
    {
        [ConfigConstructor]
        public MarkedTwice(double factor) => Factor = factor;

        [ConfigConstructor]
        public MarkedTwice(int whole)
            : this((double)whole) { }

        public double Factor { get; }
    }

    public sealed class UnmarkedMetric : Metric
    {
        public UnmarkedMetric()
            : base("unmarked") { }

        public UnmarkedMetric(string name)
            : base(name) { }

        public override void UpdateState(Tensor y_true, Tensor y_pred, Tensor? sample_weight = null) { }

        public override Tensor Result() => zeros(1);
    }

    /// <summary>It reads its configuration itself, and no constructor is chosen.</summary>
    public sealed class ReadsItself : Same
    {
        public ReadsItself(double factor) => Factor = factor;

        public ReadsItself(string factor)
            : this(double.Parse(factor, System.Globalization.CultureInfo.InvariantCulture)) { }

        public double Factor { get; }

        public override JsonObject GetConfig() => new() { ["text"] = Factor.ToString(System.Globalization.CultureInfo.InvariantCulture) };

        public static ReadsItself FromConfig(JsonObject config) => new(config["text"]!.GetValue<string>());
    }

    [OneTimeSetUp]
    public void Register()
    {
        KerasSerializer.Register<Marked>();
        KerasSerializer.Register<Hidden>();
        KerasSerializer.Register<ReadsItself>();
    }

    private static Layer Read(string className, string config) =>
        KerasSerializer.Deserialize<Layer>(new JsonObject { ["class_name"] = className, ["config"] = JsonNode.Parse(config) });

    [Test]
    public void A_class_is_asked_for_by_its_kind() =>
        Assert.That(
            () => KerasSerializer.Deserialize<KerasObject>(KerasSerializer.Serialize(new Dense(3))),
            Throws.InstanceOf<NotSupportedException>().With.Message.Contains("'Dense'").And.Message.Contains("Name the kind")
        );

    [Test]
    public void The_marked_constructor_is_written_read_and_copied()
    {
        var layer = new Marked(2, 3, 4, 5);
        JsonObject written = KerasSerializer.Serialize(layer);
        Assert.That(written["config"]!.AsObject().Select(p => p.Key), Is.EqualTo(new[] { "name", "trainable", "factor", "added" }));
        var read = (Marked)KerasSerializer.Deserialize<Layer>(written);
        var clone = (Marked)new Sequential(new Input(2), layer).Clone().Layers[0];
        foreach (Marked other in new[] { read, clone })
        {
            Assert.That((other.Factor, other.Added, other.Name), Is.EqualTo((24.0, 5, layer.Name)));
        }
    }

    [Test]
    public void A_configuration_from_before_a_parameter_was_added_is_read_with_its_default()
    {
        var read = (Marked)Read("Marked", """{"name": "old", "trainable": true, "factor": 2.5}""");
        Assert.That((read.Factor, read.Added, read.Name), Is.EqualTo((2.5, 7, "old")));
        Assert.That(
            () => Read("Marked", """{"first": 1, "second": 2, "third": 3, "added": 4}"""),
            Throws.ArgumentException.With.Message.Contains("'first'"),
            "the other constructor is not asked"
        );
    }

    [Test]
    public void The_marked_constructor_may_be_private()
    {
        var layer = new Hidden(3);
        Assert.That(((Hidden)KerasSerializer.Deserialize<Layer>(KerasSerializer.Serialize(layer))).Factor, Is.EqualTo(3));
        Assert.That(((Hidden)Read("Hidden", """{"factor": 2.5}""")).Factor, Is.EqualTo(2.5));
    }

    [Test]
    public void Several_constructors_and_no_mark_are_refused_by_name_with_the_remedy()
    {
        Assert.That(
            () => KerasSerializer.Register<Unmarked>(),
            Throws
                .ArgumentException.With.Message.Contains("Unmarked(factor)")
                .And.Message.Contains("Unmarked(factor, times)")
                .And.Message.Contains("[ConfigConstructor]")
        );
        Assert.That(KerasSerializer.Knows<Layer>("Unmarked"), Is.False);
        Assert.That(
            () => KerasSerializer.Serialize(new Unmarked(2)),
            Throws.InvalidOperationException.With.Message.Contains("[ConfigConstructor]")
        );
        Assert.That(
            () => new Sequential(new Input(2), new Unmarked(2)).Clone(),
            Throws.InvalidOperationException.With.Message.Contains("Unmarked has 2 public constructors")
        );
    }

    [Test]
    public void Two_marks_are_refused()
    {
        Assert.That(
            () => KerasSerializer.Register<MarkedTwice>(),
            Throws.ArgumentException.With.Message.Contains("MarkedTwice marks 2 constructors").And.Message.Contains("mark that one alone")
        );
        Assert.That(
            () => KerasSerializer.Serialize(new MarkedTwice(2)),
            Throws.InvalidOperationException.With.Message.Contains("MarkedTwice(whole)")
        );
    }

    [Test]
    public void A_metric_that_training_copies_is_refused_in_the_same_words()
    {
        var model = new Sequential(new Input(2), new Dense(1));
        model.Compile("sgd", loss: "mse", metrics: [new UnmarkedMetric()]);
        Assert.That(
            () => model.Fit(new float[2, 2], new float[2, 1], verbose: 0),
            Throws.InvalidOperationException.With.Message.Contains("UnmarkedMetric(name)")
        );
    }

    [Test]
    public void A_class_that_reads_its_configuration_itself_needs_no_mark() =>
        Assert.That(
            ((ReadsItself)KerasSerializer.Deserialize<Layer>(KerasSerializer.Serialize(new ReadsItself(1.5)))).Factor,
            Is.EqualTo(1.5)
        );

    /// <summary>A class that is read by its constructor has one, and each of its parameters a property.</summary>
    [Test]
    public void Each_class_of_the_engine_says_how_it_is_read()
    {
        Type[] types = [.. typeof(Layer).Assembly.GetTypes().Where(t => ClassTable.IsConfigurable(t) && ConfigReader.OwnReader(t) is null)];
        Assert.That(types, Has.Member(typeof(Dense)).And.Member(typeof(DTypePolicy)).And.No.Member(typeof(Functional)));
        Assert.Multiple(() =>
        {
            foreach (Type type in types)
            {
                Assert.That(() => ConfigMember.Of(type), Throws.Nothing, type.FullName);
            }
        });
    }
}
