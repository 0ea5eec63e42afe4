using System.Text.Json.Nodes;
using Distillation.Keras.Constraints;
using Distillation.Keras.Initializers;
using Distillation.Keras.Layers;
using Distillation.Keras.Losses;
using Distillation.Keras.Metrics;
using Distillation.Keras.Optimizers;
using Distillation.Keras.Optimizers.Schedules;
using Distillation.Keras.Regularizers;

namespace Distillation.Keras.Engine.Tests.Functions;

/// <summary>What Keras' <c>get</c>, <c>serialize</c> and <c>deserialize</c> of each kind do.</summary>
public sealed class FormTests
{
    private static readonly (
        string Kind,
        KerasObject Object,
        Func<JsonObject> Form,
        Func<JsonNode, KerasObject> Read,
        string? Name
    )[] Kinds =
    [
        Of("layer", new Dense(3, name: "d"), Layer.Serialize, n => Layer.Deserialize(n), null),
        Of("loss", new Huber(0.5), Loss.Serialize, n => Loss.Deserialize(n), "huber"),
        Of("metric", new TopKCategoricalAccuracy(3), Metric.Serialize, n => Metric.Deserialize(n), "mse"),
        Of("optimizer", new SGD(0.5), Optimizer.Serialize, n => Optimizer.Deserialize(n), "Adam"),
        Of("schedule", new ExponentialDecay(0.1, 2, 0.5), LearningRateSchedule.Serialize, n => LearningRateSchedule.Deserialize(n), null),
        Of("initializer", new RandomNormal(0, 2), Initializer.Serialize, n => Initializer.Deserialize(n), "he_normal"),
        Of("regularizer", new L2(0.5), Regularizer.Serialize, n => Regularizer.Deserialize(n), "l1"),
        Of("constraint", new MaxNorm(3), Constraint.Serialize, n => Constraint.Deserialize(n), "non_neg"),
    ];

    private static IEnumerable<string> Names => Kinds.Select(k => k.Kind);

    [TestCaseSource(nameof(Names))]
    public void What_is_written_is_read_again_and_names_are_read_where_they_say_all(string kind)
    {
        (_, KerasObject made, Func<JsonObject> write, Func<JsonNode, KerasObject> read, string? name) = Kinds.Single(k => k.Kind == kind);
        JsonObject form = write();
        KerasObject again = read(form);
        Assert.That(again, Is.TypeOf(made.GetType()).And.Not.SameAs(made));
        Assert.That(again.GetConfig().ToJsonString(), Is.EqualTo(made.GetConfig().ToJsonString()));
        Assert.That(
            () => read(new JsonObject { ["class_name"] = "Nowhere", ["config"] = new JsonObject() }),
            Throws.Exception.With.Message.Contains("Nowhere")
        );
        Assert.That(() => read(null!), Throws.ArgumentNullException);
        if (name is null)
        {
            Assert.That(() => read("dense"), Throws.ArgumentException.With.Message.Contains("dense"));
        }
        else
        {
            Assert.That(read(name), Is.Not.Null);
            Assert.That(() => read("nowhere"), Throws.ArgumentException.With.Message.Contains("nowhere"));
        }
    }

    [Test]
    public void Custom_objects_are_made_by_who_gives_them()
    {
        var form = new JsonObject
        {
            ["class_name"] = "Mine",
            ["config"] = new JsonObject { ["units"] = 3 },
        };
        Layer made = Layer.Deserialize(
            form,
            new Dictionary<string, Func<JsonObject, object>> { ["Mine"] = config => new Dense(config["units"]!.GetValue<int>()) }
        );
        Assert.That(((Dense)made).Units, Is.EqualTo(3));
        Assert.That(() => Layer.Deserialize(form), Throws.TypeOf<NotSupportedException>().With.Message.Contains("Mine"));
    }

    [Test]
    public void Activations_are_names_or_layers()
    {
        Assert.That(ActivationFunction.Serialize(ActivationFunction.Get("relu")).GetValue<string>(), Is.EqualTo("relu"));
        Assert.That(ActivationFunction.Deserialize("gelu"), Is.SameAs(ActivationFunction.Get("gelu")));
        Assert.That(ActivationFunction.Deserialize(ActivationFunction.Serialize(new LeakyReLU(0.2))).Layer, Is.TypeOf<LeakyReLU>());
        Assert.That(() => ActivationFunction.Deserialize("relux"), Throws.ArgumentException.With.Message.Contains("relux"));
    }

    [Test]
    public void Layers_that_join_are_functions_too()
    {
        var a = new Input(4);
        var b = new Input(4);
        (KerasTensor Tensor, string Class, int?[] Shape)[] all =
        [
            (LayerFunctions.Add([a, b]), "add", [null, 4]),
            (LayerFunctions.Average([a, b]), "average", [null, 4]),
            (LayerFunctions.Concatenate([a, b]), "concatenate", [null, 8]),
            (LayerFunctions.Dot([a, b]), "dot", [null, 1]),
            (LayerFunctions.Maximum([a, b]), "maximum", [null, 4]),
            (LayerFunctions.Minimum([a, b]), "minimum", [null, 4]),
            (LayerFunctions.Multiply([a, b]), "multiply", [null, 4]),
            (LayerFunctions.Subtract([a, b]), "subtract", [null, 4]),
        ];
        foreach ((KerasTensor tensor, string name, int?[] shape) in all)
        {
            Model model = new(new KerasTensor[] { a, b }, tensor);
            Assert.That(model.Layers[^1].Name, Does.StartWith(name));
            Assert.That(tensor.Shape, Is.EqualTo(new Shape(shape)));
        }

        Assert.That(() => LayerFunctions.Add(null!), Throws.ArgumentNullException.With.Property("ParamName").EqualTo("inputs"));
    }

    private static (string, KerasObject, Func<JsonObject>, Func<JsonNode, KerasObject>, string?) Of<T>(
        string kind,
        T made,
        Func<T, JsonObject> write,
        Func<JsonNode, KerasObject> read,
        string? name
    )
        where T : KerasObject => (kind, made, () => write(made), read, name);
}
