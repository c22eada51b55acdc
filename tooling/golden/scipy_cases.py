"""What SciPy's minimizers reach on the problems of Moré, Garbow and Hillstrom, and what it costs them: exact derivatives in f64."""

import numpy as np
import scipy
from scipy.optimize import minimize

from write import DATA, write

GRADIENT_TOLERANCE = 1e-6
MAX_ITERATIONS = 5000


class LeastSquares:
    """f(x) = Σ r(x)², by its residuals, their Jacobian and Σ r ∇²r."""

    def __init__(self, residuals, jacobian, second):
        self.residuals, self.jacobian, self.second = residuals, jacobian, second

    def value(self, x):
        return float(np.sum(self.residuals(x) ** 2))

    def gradient(self, x):
        return 2 * self.jacobian(x).T @ self.residuals(x)

    def hessian(self, x):
        jacobian = self.jacobian(x)
        return 2 * (jacobian.T @ jacobian + self.second(x, self.residuals(x)))


def rosenbrock(n):
    """Problems 1 and 21: r = (10 (x₂ − x₁²), 1 − x₁) for each pair."""

    def residuals(x):
        odd, even = x[0::2], x[1::2]
        return np.concatenate([10 * (even - odd**2), 1 - odd])

    def jacobian(x):
        m = n // 2
        result = np.zeros((n, n))
        for i in range(m):
            result[i, 2 * i], result[i, 2 * i + 1], result[m + i, 2 * i] = -20 * x[2 * i], 10, -1
        return result

    def second(x, r):
        result = np.zeros((n, n))
        for i in range(n // 2):
            result[2 * i, 2 * i] = -20 * r[i]
        return result

    return LeastSquares(residuals, jacobian, second), np.tile([-1.2, 1.0], n // 2)


def beale():
    """Problem 5: rᵢ = yᵢ − x₁ (1 − x₂ⁱ)."""
    y = np.array([1.5, 2.25, 2.625])
    powers = np.array([1, 2, 3])

    def jacobian(x):
        return np.stack([-(1 - x[1] ** powers), x[0] * powers * x[1] ** (powers - 1)], axis=1)

    def second(x, r):
        mixed = np.sum(r * powers * x[1] ** (powers - 1))
        last = np.sum(r[1:] * x[0] * np.array([2, 6 * x[1]]))
        return np.array([[0, mixed], [mixed, last]])

    return LeastSquares(lambda x: y - x[0] * (1 - x[1] ** powers), jacobian, second), np.array([1.0, 1.0])


def brown_badly_scaled():
    """Problem 4: r = (x₁ − 10⁶, x₂ − 2·10⁻⁶, x₁ x₂ − 2)."""
    return (
        LeastSquares(
            lambda x: np.array([x[0] - 1e6, x[1] - 2e-6, x[0] * x[1] - 2]),
            lambda x: np.array([[1, 0], [0, 1], [x[1], x[0]]]),
            lambda x, r: np.array([[0, r[2]], [r[2], 0]]),
        ),
        np.array([1.0, 1.0]),
    )


def powell_singular():
    """Problem 13: r = (x₁ + 10 x₂, √5 (x₃ − x₄), (x₂ − 2 x₃)², √10 (x₁ − x₄)²)."""

    def residuals(x):
        return np.array([x[0] + 10 * x[1], np.sqrt(5) * (x[2] - x[3]), (x[1] - 2 * x[2]) ** 2, np.sqrt(10) * (x[0] - x[3]) ** 2])

    def jacobian(x):
        third, fourth = 2 * (x[1] - 2 * x[2]), 2 * np.sqrt(10) * (x[0] - x[3])
        return np.array([[1, 10, 0, 0], [0, 0, np.sqrt(5), -np.sqrt(5)], [0, third, -2 * third, 0], [fourth, 0, 0, -fourth]])

    def second(x, r):
        a, b = np.array([0, 1, -2, 0]), np.array([1, 0, 0, -1])
        return 2 * r[2] * np.outer(a, a) + 2 * np.sqrt(10) * r[3] * np.outer(b, b)

    return LeastSquares(residuals, jacobian, second), np.array([3.0, -1.0, 0.0, 1.0])


def wood():
    """Problem 14: r = (10 (x₂ − x₁²), 1 − x₁, √90 (x₄ − x₃²), 1 − x₃, √10 (x₂ + x₄ − 2), (x₂ − x₄) / √10)."""
    a, b, c = np.sqrt(90), np.sqrt(10), 1 / np.sqrt(10)

    def residuals(x):
        return np.array([10 * (x[1] - x[0] ** 2), 1 - x[0], a * (x[3] - x[2] ** 2), 1 - x[2], b * (x[1] + x[3] - 2), c * (x[1] - x[3])])

    def jacobian(x):
        return np.array([[-20 * x[0], 10, 0, 0], [-1, 0, 0, 0], [0, 0, -2 * a * x[2], a], [0, 0, -1, 0], [0, b, 0, b], [0, c, 0, -c]])

    return LeastSquares(residuals, jacobian, lambda x, r: np.diag([-20 * r[0], 0, -2 * a * r[2], 0])), np.array([-3.0, -1.0, -3.0, -1.0])


PROBLEMS = {
    "Rosenbrock": rosenbrock(2),
    "Brown badly scaled": brown_badly_scaled(),
    "Beale": beale(),
    "Powell singular": powell_singular(),
    "Wood": wood(),
    "extended Rosenbrock": rosenbrock(100),
}

METHODS = {
    "CG": {"gtol": GRADIENT_TOLERANCE},
    "BFGS": {"gtol": GRADIENT_TOLERANCE},
    "L-BFGS-B": {"gtol": GRADIENT_TOLERANCE, "ftol": 0, "maxfun": 100_000},
    "Newton-CG": {"xtol": 1e-9},
    "trust-exact": {"gtol": GRADIENT_TOLERANCE},
}


def run(problem, start, method):
    extra = {"hess": problem.hessian} if method in ("Newton-CG", "trust-exact") else {}
    result = minimize(problem.value, start, jac=problem.gradient, method=method, options={"maxiter": MAX_ITERATIONS, **METHODS[method]}, **extra)
    return {
        "value": float(result.fun),
        "gradientNorm": float(np.max(np.abs(problem.gradient(result.x)))),
        "steps": int(result.nit),
        "valueEvaluations": int(result.nfev),
        "gradientEvaluations": int(result.njev),
        "hessianEvaluations": int(getattr(result, "nhev", 0)),
        "success": bool(result.success),
    }


def generate():
    (DATA / "second-order").mkdir(exist_ok=True)
    problems = []
    for name, (problem, start) in PROBLEMS.items():
        problems.append({
            "name": name,
            "start": start,
            # The derivatives at the start, for checking ours.
            "value": problem.value(start),
            "gradient": problem.gradient(start),
            "hessian": problem.hessian(start).ravel() if start.size <= 4 else None,
            "methods": {method: run(problem, start, method) for method in METHODS},
        })
    header = {"name": "minimize", "library": "scipy", "version": scipy.__version__, "dtype": "f64", "options": {"gradientTolerance": GRADIENT_TOLERANCE, "maxIterations": MAX_ITERATIONS}}
    write("second-order/scipy", {"header": header, "problems": problems})


if __name__ == "__main__":
    generate()
