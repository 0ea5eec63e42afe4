using System.Reflection;
using System.Runtime.CompilerServices;
using Distillation.Keras.Layers;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Tests.Conventions;

/// <summary>
/// TorchSharp's traps that no test of a result sees: a Scalar that is made on the fly may be finalised during the call, and tensors that
/// are equal by content pass for one another. The analyzer of banned symbols tells while one types; this looks at what was compiled.
/// </summary>
public sealed class BannedCallsTests
{
    private const BindingFlags Fields = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic;

    private static readonly Assembly[] Libraries = [typeof(Layer).Assembly, typeof(Distiller).Assembly];

    // These keep what they make: see Backend/Arithmetic.cs.
    private static readonly string[] Keepers = ["Arithmetic", "Comparisons", "Nonlinearities"];

    // A scripted function makes one of a number; these are given tensors alone.
    private static readonly string[] OfTensors = ["RecurrentKernels"];

    private static readonly Lazy<HashSet<MethodBase>> ScalarMakers = new(FindScalarMakers);

    [Test]
    public void No_call_makes_a_scalar_that_nobody_holds()
    {
        string[] wrong =
        [
            .. Calls(
                (caller, called) =>
                    !Keepers.Contains(caller.DeclaringType!.Name)
                    && !(OfTensors.Contains(caller.DeclaringType.Name) && called.DeclaringType == typeof(jit.CompilationUnit))
                    && ScalarMakers.Value.Contains(CalledMethods.Definition(called))
            ),
        ];
        Assert.That(wrong, Is.Empty);
    }

    [Test]
    public void Only_held_scalars_are_given_to_TorchSharp()
    {
        // Whoever cannot make one gives none: no method takes a Scalar outside of the keepers.
        string[] wrong =
        [
            .. Calls(
                (caller, called) =>
                    !Keepers.Contains(caller.DeclaringType!.Name) && called.GetParameters().Any(p => p.ParameterType == typeof(Scalar))
            ),
        ];
        Assert.That(wrong, Is.Empty);
    }

    [Test]
    public void No_call_compares_the_elements_of_tensors_to_tell_them_apart()
    {
        string[] wrong =
        [
            .. Calls((caller, called) => ComparesTensors(called) && !IsRecordsOwn(caller))
                .Concat(Calls((caller, called) => IsEqualityOfTensors(called) && !IsRecordsOwn(caller))),
        ];
        Assert.That(wrong, Is.Empty);
    }

    [Test]
    public void The_analyzer_knows_every_method_that_makes_a_scalar()
    {
        string[] banned = [.. File.ReadLines(Path.Combine(AppContext.BaseDirectory, "BannedSymbols.txt")).Select(l => l.Split(';')[0])];
        string[] made = [.. ScalarMakers.Value.Where(IsVisible).Select(DocumentationId.Of)];
        Assert.That(made.Except(banned), Is.Empty, "add them to src/BannedSymbols.txt");
        Assert.That(
            banned.Where(b => !b.Contains("Tensor.Equals", StringComparison.Ordinal)).Except(made),
            Is.Empty,
            "they are harmless, or gone"
        );
    }

    [Test]
    public void The_scan_sees_what_it_looks_for()
    {
        MethodInfo[] traps = typeof(Traps).GetMethods(BindingFlags.Static | BindingFlags.Public);
        foreach (MethodInfo trap in traps)
        {
            MethodBase[] called = [.. CalledMethods.Of(trap)];
            bool seen = called.Any(c => ScalarMakers.Value.Contains(CalledMethods.Definition(c))) || called.Any(ComparesTensors);
            Assert.That(seen, Is.True, trap.Name);
        }

        Assert.That(traps, Has.Length.EqualTo(8));
    }

    private static IEnumerable<string> Calls(Func<MethodBase, MethodBase, bool> wrong) =>
        from library in Libraries
        from caller in CalledMethods.In(library)
        from called in CalledMethods.Of(caller)
        where wrong(caller, called)
        select $"{caller.DeclaringType}.{caller.Name} calls {called.DeclaringType}.{called.Name}";

    // Whatever reaches a conversion to Scalar, also over other methods of TorchSharp.
    private static HashSet<MethodBase> FindScalarMakers()
    {
        Assembly torchSharp = typeof(Tensor).Assembly;
        var calls = CalledMethods.In(torchSharp).ToDictionary(m => m, m => CalledMethods.Of(m).Select(CalledMethods.Definition).ToArray());
        HashSet<MethodBase> makers = [.. calls.Keys.Where(MakesOne)];
        for (int before = -1; before < makers.Count; )
        {
            before = makers.Count;
            makers.UnionWith(
                calls.Where(c => c.Key.DeclaringType != typeof(Scalar) && Array.Exists(c.Value, makers.Contains)).Select(c => c.Key)
            );
        }

        return makers;
    }

    private static bool MakesOne(MethodBase method) =>
        (
            method.DeclaringType == typeof(Scalar)
            && (method.IsConstructor || (method is MethodInfo { Name: "op_Implicit" } cast && cast.ReturnType == typeof(Scalar)))
        ) || (method.DeclaringType == typeof(ScalarExtensionMethods) && method.Name.EndsWith("Scalar", StringComparison.Ordinal));

    private static bool IsVisible(MethodBase method) => method.IsPublic && IsVisible(method.DeclaringType!);

    private static bool IsVisible(Type type) => type.IsNested ? type.IsNestedPublic && IsVisible(type.DeclaringType!) : type.IsPublic;

    private static bool ComparesTensors(MethodBase called) =>
        (called.DeclaringType == typeof(Tensor) && called.Name == nameof(Tensor.Equals)) || ComparesArguments(called);

    // Enumerable.Contains, List.IndexOf, EqualityComparer.Default, a set or dictionary without a comparer, ...
    private static bool ComparesArguments(MethodBase called)
    {
        bool ofTensors =
            (called.IsGenericMethod && called.GetGenericArguments()[0] == typeof(Tensor))
            || (called.DeclaringType is { IsGenericType: true } type && type.GetGenericArguments()[0] == typeof(Tensor));
        return ofTensors
            && called.GetParameters().All(p => !p.ParameterType.Name.StartsWith("IEqualityComparer", StringComparison.Ordinal))
            && called.Name switch
            {
                "Contains"
                or "IndexOf"
                or "LastIndexOf"
                or "Remove"
                or "Distinct"
                or "Except"
                or "Intersect"
                or "Union"
                or "SequenceEqual"
                or "ToHashSet"
                or "ToDictionary"
                or "ToLookup"
                or "GroupBy"
                or "get_Default" => true,
                ".ctor" => called.DeclaringType!.Name is "HashSet`1" or "Dictionary`2" or "ConcurrentDictionary`2",
                _ => false,
            };
    }

    // A record compares its members, which matters only to whoever compares records.
    private static bool IsRecordsOwn(MethodBase caller) =>
        caller.Name is "Equals" or "GetHashCode" or "op_Equality" or "op_Inequality"
        && (caller.IsDefined(typeof(CompilerGeneratedAttribute)) || caller.DeclaringType!.IsDefined(typeof(CompilerGeneratedAttribute)));

    private static bool IsEqualityOfTensors(MethodBase called) =>
        called.Name is "op_Equality" or "op_Inequality" or "Equals"
        && called.DeclaringType is Type type
        && Libraries.Contains(type.Assembly)
        && type.GetFields(Fields).Any(f => f.FieldType == typeof(Tensor))
        && !type.IsDefined(typeof(CompilerGeneratedAttribute));

    /// <summary>One of each kind.</summary>
    private static class Traps
    {
        public static Tensor Sum(Tensor a, Tensor b) => a + b;

        public static Tensor Product(Tensor a) => a * 2.0;

        public static Tensor Conversion(Tensor a) => a.gt(0.5);

        public static Tensor Square(Tensor a) => a.square();

        public static double Reading(Tensor a) => a.ToDouble();

        public static Tensor Norm(Tensor a) => linalg.vector_norm(a);

        public static bool Member(Tensor[] tensors, Tensor a) => Enumerable.Contains(tensors, a);

        public static bool Same(Tensor a, Tensor b) => a.Equals(b);
    }
}
