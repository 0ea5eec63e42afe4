using System.ComponentModel;
using System.Reflection;
using Distillation.Keras.CodeGeneration;
using Distillation.Keras.Facade;
using Distillation.Keras.Layers;
using Distillation.Keras.Optimizers;
using NumSharp;
using TorchSharp;
using static Distillation.Keras.KerasApi;

namespace Distillation.Keras.Engine.Tests.Facade;

public sealed class KerasApiTests
{
    private static readonly NullabilityInfoContext Nullability = new();

    [TestCaseSource(typeof(FacadeModule), nameof(FacadeModule.All))]
    public void Every_method_has_the_parameters_of_its_class_or_function(FacadeModule module)
    {
        MethodInfo[] methods = typeof(KerasModule)
            .Assembly.GetType($"Distillation.Keras.Facade.{module.ClassName}", throwOnError: true)!
            .GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly);
        string[] expected =
        [
            .. module.Constructors.SelectMany(c => module.NamesOf(c.DeclaringType!).Select(n => Signature(n, c))),
            .. module.FunctionMethods.Select(f => Signature(FacadeModule.Snake(f.Name), f)),
        ];
        Assert.That(methods.Where(m => !m.IsSpecialName).Select(m => Signature(m.Name, m)), Is.EquivalentTo(expected));
    }

    [TestCase(typeof(Layer), typeof(LayersModule))]
    [TestCase(typeof(Optimizer), typeof(OptimizersModule))]
    [TestCase(typeof(Keras.Losses.Loss), typeof(LossesModule))]
    [TestCase(typeof(Keras.Metrics.Metric), typeof(MetricsModule))]
    [TestCase(typeof(Keras.Callbacks.Callback), typeof(CallbacksModule))]
    public void Every_public_class_of_a_kind_is_made_by_the_facade(Type kind, Type module)
    {
        string[] classes =
        [
            .. kind
                .Assembly.GetExportedTypes()
                .Where(t => t.IsSubclassOf(kind) && !t.IsSubclassOf(typeof(Model)) && t != typeof(Model))
                .Where(t => !t.IsAbstract && t.GetConstructors().Length > 0)
                .Select(t => t.Name),
        ];
        Assert.That(classes, Is.Not.Empty);
        Assert.That(classes.Except(module.GetMethods().Select(m => m.Name)), Is.Empty);
    }

    [TestCase("compile")]
    [TestCase("fit")]
    [TestCase("evaluate")]
    [TestCase("predict")]
    [TestCase("summary")]
    [TestCase("pop")]
    [TestCase("add")]
    [TestCase("get_weights")]
    [TestCase("set_weights")]
    [TestCase("to_json")]
    [TestCase("count_params")]
    [TestCase("get_layer")]
    [TestCase("get_config")]
    [TestCase("adapt", typeof(Normalization))]
    [TestCase("adapt", typeof(Discretization))]
    [TestCase("adapt", typeof(StringLookup))]
    [TestCase("get_vocabulary", typeof(StringLookup))]
    [TestCase("set_vocabulary", typeof(StringLookup))]
    [TestCase("adapt", typeof(IntegerLookup))]
    [TestCase("get_vocabulary", typeof(IntegerLookup))]
    [TestCase("set_vocabulary", typeof(IntegerLookup))]
    [TestCase("update_state", typeof(Keras.Metrics.Metric))]
    [TestCase("result", typeof(Keras.Metrics.Metric))]
    [TestCase("reset_state", typeof(Keras.Metrics.Metric))]
    public void A_method_has_the_parameters_of_its_own(string name, Type? on = null)
    {
        on ??= typeof(Sequential);
        MethodInfo[] own =
        [
            .. on.GetMethods()
                .Where(m => FacadeModule.Snake(m.Name) == name)
                .Where(m => on != typeof(Keras.Metrics.Metric) || !TakesTensors(m)),
        ];
        MethodInfo[] facade =
        [
            .. typeof(KerasApi).GetMethods().Where(m => m.Name == name && m.GetParameters()[0].ParameterType.IsAssignableFrom(on)),
        ];
        Assert.That(facade, Is.Not.Empty);
        Assert.That(facade.Select(m => Signature(name, m, skip: 1)), Is.EquivalentTo(own.Select(m => Signature(name, m))));
        Assert.That(
            facade.Select(m => m.GetCustomAttribute<EditorBrowsableAttribute>()?.State),
            Is.All.EqualTo(EditorBrowsableState.Never)
        );
    }

    // Of UpdateState the facade has the overload for any arrays alone: arrays of .NET convert to tensors, too, which F# finds ambiguous.
    private static bool TakesTensors(MethodInfo method) => method.GetParameters().Any(p => p.ParameterType == typeof(torch.Tensor));

    [Test]
    public void Models_are_made_trained_and_taken_apart_in_lower_case()
    {
        keras.utils.set_random_seed(1);
        ((NDArray? x_train, NDArray? y_train), (NDArray? x_test, NDArray? y_test)) = keras.datasets.digits.load_data();
        Assert.That(x_train.typecode, Is.EqualTo(NPTypeCode.Byte));
        Assert.That(x_test.shape[0], Is.EqualTo(y_test.shape[0]));
        using NDArray x = (x_train["0:64"].reshape(64, 28, 28, 1).astype(NPTypeCode.Single)) / 255f;
        using NDArray y = keras.utils.to_categorical(y_train["0:64"], 10);

        LayersModule layers = keras.layers;
        Input inputs = keras.Input((28, 28, 1));
        KerasTensor h = layers.Flatten().Apply(inputs);
        Model functional = keras.Model(inputs, layers.Dense(10, activation: "softmax").Apply(h), name: "functional");
        Assert.That(functional.count_params(), Is.EqualTo(7850));

        Sequential model = keras.Sequential(
            layers.Input((28, 28, 1)),
            layers.Flatten(),
            layers.Dense(
                8,
                activation: "relu",
                kernel_constraint: keras.constraints.max_norm(3),
                kernel_regularizer: keras.regularizers.l2(0.01)
            ),
            layers.Dense(10, activation: "softmax")
        );
        model.compile(keras.optimizers.Adam(0.01), keras.losses.CategoricalCrossentropy(), ["accuracy"]);
        History history = model.fit(x, y, batch_size: 32, epochs: 2, verbose: 0, validation_data: (x, y));
        Assert.That(history["val_accuracy"], Has.Count.EqualTo(2));
        Assert.That(model.evaluate(x, y).Keys, Is.EqualTo(new[] { "accuracy", "loss" }));
        using NDArray p = model.predict(x);
        Assert.That(p.shape, Is.EqualTo(new long[] { 64, 10 }));
        model.set_weights(model.get_weights());
        Assert.That(model.pop().Name, Does.StartWith("dense"));
        model.add(layers.Dense(3));
        Assert.That(model.get_layer(0).Name, Does.StartWith("flatten"));
        Assert.That(model.to_json(), Does.Contain("\"Sequential\""));
    }

    [Test]
    public void Preprocessing_and_metrics_are_used_in_lower_case()
    {
        StringLookup lookup = keras.layers.StringLookup();
        lookup.adapt(new[] { "b", "a", "b" });
        Assert.That(lookup.get_vocabulary(), Is.EqualTo(new[] { "[UNK]", "b", "a" }));
        IntegerLookup numbers = keras.layers.IntegerLookup();
        numbers.set_vocabulary(new[] { 5L, 7L });
        Assert.That(numbers.get_vocabulary(), Is.EqualTo(new[] { -1L, 5L, 7L }));
        Normalization normalization = keras.layers.Normalization(axis: -1);
        normalization.adapt(
            new float[,]
            {
                { 1 },
                { 3 },
            }
        );
        Assert.That(normalization.get_config()["axis"]!.ToJsonString(), Is.EqualTo("[-1]"));

        using DisposeScope scope = torch.NewDisposeScope();
        Keras.Metrics.Mean mean = keras.metrics.Mean();
        Keras.Metrics.Metric accuracy = keras.metrics.BinaryAccuracy();
        accuracy.update_state(new float[] { 0, 1 }, new[] { 0.2f, 0.3f });
        Assert.That(accuracy.result().ToSingle(), Is.EqualTo(0.5f));
        accuracy.reset_state();
        accuracy.update_state(torch.ones(2), torch.ones(2));
        Assert.That((accuracy.result().ToSingle(), mean.result().ToSingle()), Is.EqualTo((1f, 0f)));
    }

    [Test]
    public void Functions_are_called_in_lower_case()
    {
        using DisposeScope scope = torch.NewDisposeScope();
        torch.Tensor y = torch.tensor(
            new float[,]
            {
                { 0, 1 },
            }
        );
        torch.Tensor p = torch.tensor(
            new float[,]
            {
                { 0.5f, 0.5f },
            }
        );
        Assert.That(keras.losses.categorical_crossentropy(y, p).item<float>(), Is.EqualTo(Math.Log(2)).Within(1e-6));
        Assert.That(keras.activations.relu(torch.tensor(-1f)).item<float>(), Is.Zero);
        Assert.That(
            keras
                .metrics.categorical_accuracy(
                    y,
                    torch.tensor(
                        new float[,]
                        {
                            { 0.1f, 0.9f },
                        }
                    )
                )
                .item<float>(),
            Is.EqualTo(1)
        );
        Assert.That(keras.optimizers.SGD(keras.optimizers.schedules.ExponentialDecay(0.1, 10, 0.5)).Schedule, Is.Not.Null);
    }

    private static string Signature(string name, MethodBase method, int skip = 0) =>
        $"{name}({string.Join(", ", method.GetParameters().Skip(skip).Select(Text))})";

    private static string Text(ParameterInfo p) =>
        $"{(p.IsDefined(typeof(ParamArrayAttribute)) ? "params " : "")}{p.ParameterType} {p.Name}{(p.HasDefaultValue ? $" = {p.DefaultValue ?? "null"}" : "")} {Nullability.Create(p).ReadState}";
}
